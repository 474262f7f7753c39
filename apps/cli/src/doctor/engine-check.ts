import type { AppConfig } from '@weir/config';
import { SystemClock } from '@weir/kernel';
import { createLogger } from '@weir/logging';
import { BackgroundLoops } from '../../../api/src/background/background-loops';
import { EngineConnection } from '../../../api/src/modules/engine/engine-connection';
import { EngineMonitor, type EngineReport } from '../../../api/src/modules/engine/engine-monitor';
import { failed, ok, type Check, type Verdict } from './verdict';

/** Reachable, supported, without auto-login, without keys from its environment: the questions of the running service. */
export function engineCheck({ engine }: AppConfig): Check {
  return {
    name: 'engine',
    examine: async () => {
      const clock = new SystemClock();
      const connection = new EngineConnection(engine, clock);
      const logger = createLogger({ level: 'silent', destination: process.stderr });
      const monitor = new EngineMonitor(connection, new BackgroundLoops(logger), clock, logger);
      try {
        // What it refuses a run with is in the report, with more reasons.
        await monitor.requireUsable().catch(() => undefined);
        return judgeEngine(monitor.current());
      } finally {
        await connection.onApplicationShutdown();
      }
    },
  };
}

export function judgeEngine({ condition, reasons }: EngineReport): Verdict {
  if (condition === 'usable') return ok('Answers, in a supported version and set up safely.');
  if (condition === 'simulated') return ok('Simulated, as ENGINE_DRIVER asks for: no engine is used.');
  const reason = reasons.length === 0 ? 'The engine did not say what it is.' : reasons.join(' ');
  return condition === 'unsafe'
    ? failed(
        reason,
        'Start the supported version with engines/langflow/environment.env, and let it fetch the public keys of this installation.',
      )
    : failed(reason, 'Start the engine, and check ENGINE_URL.');
}
