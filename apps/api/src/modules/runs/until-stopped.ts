/** Ends with an error as soon as the signal says so, even when the engine's side does not let go. */
export async function* untilStopped<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const stopped = new Promise<never>((_resolve, reject) => {
    const refuse = (): void => reject(new Error('The run was stopped.'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
  // Nobody may be listening when it rejects.
  stopped.catch(() => undefined);
  try {
    for (;;) {
      const step = iterator.next();
      step.catch(() => undefined);
      const result = await Promise.race([step, stopped]);
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    // Lets go of the engine; not awaited, because it may be what does not answer.
    iterator.return?.().then(undefined, () => undefined);
  }
}
