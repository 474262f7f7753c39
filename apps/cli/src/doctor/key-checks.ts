import type { AppConfig, MasterKeyConfig } from '@weir/config';
import { checkSelfTest, parseJwtKeys, parseMasterKeys } from '@weir/crypto';
import { runAsSystem } from '@weir/kernel';
import { createKeyProvider, variableOf } from '../../../api/src/modules/vault/create-key-provider';
import type { DataKeyCount } from '../../../api/src/modules/vault/data-key-owners.repository';
import type { DoctorRepository } from './doctor.repository';
import { failed, ok, warning, type Check, type Verdict } from './verdict';

/** Of access tokens; says nothing about the database. */
export function tokenKeyCheck({ keys }: AppConfig): Check {
  return {
    name: 'token keys',
    examine: () => {
      parseJwtKeys(keys.jwt);
      return ok('Strong enough and well formed.');
    },
  };
}

/** Whether the master keys work, are those of this database, and open everything that is in it (R45). */
export function masterKeyCheck({ keys: { master } }: AppConfig, repository: DoctorRepository): Check {
  return {
    name: 'master keys',
    examine: async () => {
      const provider = createKeyProvider(master);
      const variable = variableOf(master);
      const { ok: works, reason } = await provider.health();
      if (!works) {
        return failed(reason ?? 'The master keys cannot be used.', `Correct ${variable}.`);
      }
      const [selfTest, dataKeys] = await runAsSystem(() =>
        Promise.all([repository.findSelfTest(), repository.countDataKeys()]),
      );
      if (selfTest !== null) await checkSelfTest(provider, selfTest, variable);
      return judgeVersions(versionsOf(master), provider.currentVersion(), dataKeys, variable);
    },
  };
}

function versionsOf(config: MasterKeyConfig): readonly string[] {
  if (config.provider === 'aws-kms') return config.keyArns;
  return [...parseMasterKeys(config.keys).keys.keys()].map((version) => `local:${version}`);
}

/**
 * @param held versions that are configured
 * @param dataKeys what is in the database, by the version that wraps it
 */
export function judgeVersions(
  held: readonly string[],
  current: string,
  dataKeys: readonly DataKeyCount[],
  variable: string,
): Verdict {
  const missing = dataKeys.filter(({ masterKeyVersion }) => !held.includes(masterKeyVersion));
  if (missing.length > 0) {
    const versions = missing.map((count) => `'${count.masterKeyVersion}' (${count.dataKeys} data keys)`);
    return failed(
      `The database needs master keys that are not configured: ${versions.join(', ')}.`,
      `Put them back into ${variable}; without them these secrets cannot be opened.`,
    );
  }
  const due = dataKeys.filter(({ masterKeyVersion }) => masterKeyVersion !== current);
  return due.length > 0
    ? warning(
        `${due.reduce((sum, count) => sum + count.dataKeys, 0)} data keys still need an older master key than '${current}'.`,
        'Run `weir keys rotate-master` before you take the older one out.',
      )
    : ok(`They fit this database; all data keys are under '${current}'.`);
}
