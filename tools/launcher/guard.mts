import { spawn, type ChildProcess } from 'node:child_process';
import { signalGroup, signalProcess } from '../process/child.mts';

export type GuardedName = 'api' | 'engine' | 'postgres';

/**
 * Reads `name pid` lines; when they end without `done`, the launcher was killed, and what it started is ended for it.
 * The API and the engine are process groups; PostgreSQL is stopped last, by its own fast shutdown.
 */
const SCRIPT = `
api= engine= postgres=
while read -r name pid; do
  case $name in
    api) api=$pid ;;
    engine) engine=$pid ;;
    postgres) postgres=$pid ;;
    done) exit 0 ;;
  esac
done
for group in $api $engine; do kill -s TERM -- "-$group"; done
sleep 4
for group in $api $engine; do kill -s KILL -- "-$group"; done
for process in $postgres; do kill -s INT "$process"; done
`;

/**
 * Sees to it that nothing outlives the launcher, also when that is killed without a chance to clean up: a small shell holds
 * the other end of a pipe and acts when the pipe breaks.
 */
export class Guard {
  readonly #shell: ChildProcess;
  readonly #processes = new Map<GuardedName, number>();

  constructor() {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    this.#shell.on('error', () => undefined); // without a shell the orderly ways still work
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
  }

  /** From now on this process ends with the launcher; replaces an earlier one of that name. */
  watch(name: GuardedName, pid: number): void {
    this.#processes.set(name, pid);
    this.#shell.stdin?.write(`${name} ${pid}\n`);
  }

  /** The process has ended: its number may be somebody else's soon. */
  forget(name: GuardedName): void {
    this.#processes.delete(name);
    this.#shell.stdin?.write(`${name}\n`);
  }

  /** Everything was stopped in order. */
  release(): void {
    this.#shell.stdin?.end('done\n');
  }

  /** No more patience: ends everything at once. PostgreSQL recovers from that at the next start. */
  kill(): void {
    for (const [name, pid] of this.#processes) {
      if (name === 'postgres') signalProcess(pid, 'SIGQUIT');
      else signalGroup(pid, 'SIGKILL');
    }
    this.release();
  }
}
