import { handle } from './postgres-handle';

export default async function stopPostgres(): Promise<void> {
  await handle.postgres?.stop();
  handle.postgres = null;
}
