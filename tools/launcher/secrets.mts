import { fernetKey, labelledKey, randomPassword, signingKey, type SecretStore } from './secret-store.mts';

/** What `npm start` generates at its first start and keeps. Files are named for those who read them by path. */
export interface LocalSecrets {
  readonly postgresSuperuser: string;
  readonly postgresOwner: string;
  readonly postgresApp: string;
  readonly postgresEngine: string;
  readonly engineSuperuser: string;
  readonly engineSecretKey: string;
  readonly jwtKeysFile: string;
  readonly masterKeysFile: string;
  readonly engineSigningKeyFile: string;
  readonly demoPassword: string;
  readonly demoPasswordFile: string;
}

/** Reads the secrets of the data folder; makes the missing ones. */
export function ensureLocalSecrets(store: SecretStore): LocalSecrets {
  store.ensure('jwt-keys', () => labelledKey('k1'));
  store.ensure('master-keys', () => labelledKey('1'));
  store.ensure('engine-signing-key.pem', signingKey);
  return {
    postgresSuperuser: store.ensure('postgres-superuser', randomPassword),
    postgresOwner: store.ensure('postgres-owner', randomPassword),
    postgresApp: store.ensure('postgres-app', randomPassword),
    postgresEngine: store.ensure('postgres-engine', randomPassword),
    engineSuperuser: store.ensure('engine-superuser', randomPassword),
    engineSecretKey: store.ensure('engine-secret-key', fernetKey),
    demoPassword: store.ensure('demo-password', randomPassword),
    jwtKeysFile: store.path('jwt-keys'),
    masterKeysFile: store.path('master-keys'),
    engineSigningKeyFile: store.path('engine-signing-key.pem'),
    demoPasswordFile: store.path('demo-password'),
  };
}
