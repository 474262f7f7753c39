import type { INestApplicationContext } from '@nestjs/common';
import { MasterKeyRotationService } from '../../../api/src/modules/vault/master-key-rotation.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir keys status`: which master key wraps how many data keys. Fails when the key provider does not work. */
export async function keysStatus(services: INestApplicationContext, output: Output): Promise<ExitCode> {
  const { health, dataKeys, due } = await services.get(MasterKeyRotationService).status();
  const { ok, provider, currentVersion, reason } = health;
  output.result(
    { ok, provider, currentVersion, reason, dataKeys: dataKeys.map((count) => ({ ...count })), due },
    [
      `key provider  ${provider}, newest master key ${currentVersion}`,
      `health        ${ok ? 'wraps and unwraps' : `failing: ${reason ?? 'unknown reason'}`}`,
      ...dataKeys.map(
        ({ masterKeyVersion, dataKeys: count }) => `data keys     ${count} under ${masterKeyVersion}`,
      ),
      due === 0
        ? 'Every data key is under the newest master key; older ones may be taken out.'
        : `${due} data keys still need an older master key: run 'weir keys rotate-master'.`,
    ],
  );
  return ok ? EXIT.ok : EXIT.failed;
}
