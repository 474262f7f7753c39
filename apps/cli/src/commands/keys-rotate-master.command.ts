import type { INestApplicationContext } from '@nestjs/common';
import { MasterKeyRotationService } from '../../../api/src/modules/vault/master-key-rotation.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir keys rotate-master`: moves all data keys to the newest master key. */
export async function rotateMaster(services: INestApplicationContext, output: Output): Promise<ExitCode> {
  const report = await services.get(MasterKeyRotationService).rotate((line) => output.progress(line));
  const { masterKeyVersion, owners, rewrapped } = report;
  output.result({ masterKeyVersion, owners, rewrapped }, [
    `${rewrapped} data keys of ${owners} owners moved to ${masterKeyVersion}; older master keys may be taken out now.`,
  ]);
  return EXIT.ok;
}
