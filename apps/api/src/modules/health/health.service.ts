import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import type { KeyProvider } from '@weir/crypto';
import { readMigrations } from '@weir/database';
import { Clock, runAsSystem } from '@weir/kernel';
import { EngineMonitor } from '../engine/engine-monitor';
import { KEY_PROVIDER } from '../vault/vault.tokens';
import { HealthRepository } from './health.repository';
import { readLauncherReport } from './launcher-report';
import { failing, ok, starting, toReadiness, type Check, type Readiness } from './readiness';

const MIGRATIONS_FOLDER = 'prisma/migrations';
const PATIENCE_MS = 2_000;
/** Probes come often and from several sides; asking a key service each time costs money. */
const KEY_RING_CACHE_MS = 30_000;
/** Phases in which the launcher has given up; in all others it is on its way. */
const LAUNCHER_GAVE_UP: ReadonlySet<string> = new Set(['failed', 'unavailable', 'stopped']);

/** Whether the service can do its work, part by part. */
@Injectable()
export class HealthService {
  private readonly expectedMigrations: readonly string[] = readMigrations(MIGRATIONS_FOLDER).map(
    ({ name }) => name,
  );
  private keyRing: { readonly check: Check; readonly goodUntil: number } | null = null;

  constructor(
    private readonly repository: HealthRepository,
    private readonly monitor: EngineMonitor,
    private readonly clock: Clock,
    @Inject(KEY_PROVIDER) private readonly keys: KeyProvider,
    @Inject(CONFIG) private readonly config: AppConfig,
  ) {}

  async check(): Promise<Readiness> {
    const [{ database, migrations }, engine, keyRing] = await Promise.all([
      this.checkDatabase(),
      this.checkEngine(),
      this.checkKeyRing(),
    ]);
    return toReadiness({ database, migrations, engine, keyRing });
  }

  private async checkDatabase(): Promise<{ database: Check; migrations: Check }> {
    try {
      const applied = await within(
        PATIENCE_MS,
        runAsSystem(() => this.repository.listAppliedMigrations()),
      );
      return { database: ok('Answers.'), migrations: compareMigrations(this.expectedMigrations, applied) };
    } catch {
      // What it said may name hosts and roles; the log of failing requests has it.
      const database = failing(
        'The database does not answer. Check that it runs and that DATABASE_URL is right.',
      );
      return { database, migrations: failing('Unknown: the database does not answer.') };
    }
  }

  private async checkEngine(): Promise<Check> {
    const { condition, reasons } = this.monitor.current();
    if (condition === 'usable') return ok('Answers, in a supported version and set up safely.');
    if (condition === 'simulated') return ok('Simulated, as ENGINE_DRIVER asks for: no engine is used.');
    if (condition === 'unsafe') return failing(reasons.join(' '));
    const stateFile = this.config.engine.driver === 'langflow' ? this.config.engine.stateFile : undefined;
    const launcher = await readLauncherReport(stateFile);
    if (launcher !== null && launcher.phase !== 'ready') {
      const detail = launcher.detail === '' ? launcher.phase : `${launcher.phase}: ${launcher.detail}`;
      return LAUNCHER_GAVE_UP.has(launcher.phase) ? failing(detail) : starting(detail);
    }
    return condition === 'unknown'
      ? starting('Not asked yet.')
      : failing(`${reasons.join(' ')} Check that it runs and that ENGINE_URL is right.`);
  }

  private async checkKeyRing(): Promise<Check> {
    const now = this.clock.now().getTime();
    if (this.keyRing !== null && this.keyRing.goodUntil > now) return this.keyRing.check;
    const check = await this.askKeyRing();
    if (check.status === 'ok') this.keyRing = { check, goodUntil: now + KEY_RING_CACHE_MS };
    return check;
  }

  private async askKeyRing(): Promise<Check> {
    try {
      const { ok: works, reason } = await within(PATIENCE_MS, this.keys.health());
      return works ? ok('Wraps and unwraps keys.') : failing(reason ?? 'The master keys cannot be used.');
    } catch {
      return failing('The key provider does not answer.');
    }
  }
}

function compareMigrations(expected: readonly string[], applied: readonly string[]): Check {
  const missing = expected.filter((name) => !applied.includes(name));
  return missing.length === 0
    ? ok('All applied.')
    : failing(`Not applied: ${missing.join(', ')}. Run \`weir migrate\`.`);
}

/** Readiness must answer quickly, above all when something hangs. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
