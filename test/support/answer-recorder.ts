/** Keeps every answer that this process gets from a server: status, headers and body, streams included. */
export class AnswerRecorder {
  private readonly answers: Promise<string>[] = [];
  private readonly fetch = globalThis.fetch;

  /** @param urls only answers from addresses that begin so */
  constructor(private readonly urls: readonly string[]) {
    globalThis.fetch = async (input, init) => {
      const response = await this.fetch(input, init);
      const address = input instanceof Request ? input.url : String(input);
      if (this.urls.some((url) => address.startsWith(url)))
        this.answers.push(this.textOf(address, response.clone()));
      return response;
    };
  }

  async all(): Promise<string[]> {
    return Promise.all(this.answers);
  }

  stop(): void {
    globalThis.fetch = this.fetch;
  }

  private async textOf(address: string, response: Response): Promise<string> {
    const headers = JSON.stringify([...response.headers.entries()]);
    // A stream that the client left breaks off here too; what came before counts.
    const body = await response.text().catch((error: unknown) => String(error));
    return `${new URL(address).pathname} ${response.status}\n${headers}\n${body}`;
  }
}
