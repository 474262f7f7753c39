import type { KMS, KMSClientConfig } from '@aws-sdk/client-kms';
import { DecryptionError, KeyConfigurationError, KeyProviderUnavailableError } from './crypto.errors';
import type { KeyContext, KeyHealth, KeyProvider, WrappedKey } from './key-provider';
import { probeKeyProvider } from './probe-key-provider';

export interface AwsKmsOptions {
  /**
   * ARNs of symmetric KMS keys of one region. The first one wraps; all of them unwrap, and no other: a row that names a
   * foreign key is refused, whatever the role's permissions are.
   */
  readonly keyArns: readonly string[];
  /** Milliseconds for one attempt, connecting included in its own right. Default 2,000. */
  readonly timeoutMs?: number;
  /** Attempts of one call, with the SDK's back-off. Default 3. */
  readonly maxAttempts?: number;
  /** Another address than AWS's own, e.g. a VPC endpoint. */
  readonly endpoint?: string;
  /** Default: the SDK's credential chain (task role, instance profile, environment). */
  readonly credentials?: NonNullable<KMSClientConfig['credentials']>;
}

const VARIABLE = 'AWS_KMS_KEY_ARNS';
/** Not an alias: an alias can be pointed at another key, and then nothing would tell which key wrapped a row. */
const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

/** Wraps data keys with AWS KMS: the master key never enters this process. Owner and number are the encryption context. */
export class AwsKmsKeyProvider implements KeyProvider {
  readonly name = 'aws-kms';
  private readonly settings: KMSClientConfig;
  private client: Promise<KMS> | null = null;
  private readonly currentArn: string;
  private readonly allowedArns: ReadonlySet<string>;

  /** @throws KeyConfigurationError when there is no ARN, one is not a key ARN, or they name several regions */
  constructor(options: AwsKmsOptions) {
    const [currentArn] = options.keyArns;
    if (currentArn === undefined) throw new KeyConfigurationError(VARIABLE, 'is missing');
    this.currentArn = currentArn;
    this.allowedArns = new Set(options.keyArns);
    this.settings = clientConfig(options);
  }

  async wrap(plaintextKey: Uint8Array, context: KeyContext): Promise<WrappedKey> {
    const answer = await this.ask((kms) =>
      kms.encrypt({
        KeyId: this.currentArn,
        Plaintext: plaintextKey,
        EncryptionContext: encryptionContext(context),
      }),
    );
    if (answer.CiphertextBlob === undefined) throw new KeyProviderUnavailableError('KMS sent no ciphertext');
    return { wrapped: Buffer.from(answer.CiphertextBlob), masterKeyVersion: this.currentArn };
  }

  async unwrap({ wrapped, masterKeyVersion }: WrappedKey, context: KeyContext): Promise<Buffer> {
    if (!this.allowedArns.has(masterKeyVersion)) throw new DecryptionError();
    const answer = await this.ask((kms) =>
      kms.decrypt({
        KeyId: masterKeyVersion,
        CiphertextBlob: wrapped,
        EncryptionContext: encryptionContext(context),
      }),
    );
    if (answer.Plaintext === undefined) throw new KeyProviderUnavailableError('KMS sent no plaintext');
    const key = Buffer.from(answer.Plaintext);
    answer.Plaintext.fill(0);
    return key;
  }

  currentVersion(): string {
    return this.currentArn;
  }

  /** Costs two KMS requests: ask at most every minute or so. */
  health(): Promise<KeyHealth> {
    return probeKeyProvider(this);
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    (await this.client)?.destroy();
  }

  private async ask<T>(call: (kms: KMS) => Promise<T>): Promise<T> {
    try {
      this.client ??= connect(this.settings);
      return await call(await this.client);
    } catch (error) {
      if (error instanceof Error && WRONG_CIPHERTEXT.has(error.name)) throw new DecryptionError();
      throw new KeyProviderUnavailableError(error);
    }
  }
}

/** KMS says the first for a changed blob and for another encryption context alike. */
const WRONG_CIPHERTEXT: ReadonlySet<string> = new Set([
  'InvalidCiphertextException',
  'IncorrectKeyException',
]);

/** Loaded when it is used: the SDK is 24 MB of memory that every process with local keys would carry for nothing. */
async function connect(settings: KMSClientConfig): Promise<KMS> {
  const { KMS } = await import('@aws-sdk/client-kms');
  return new KMS(settings);
}

function clientConfig(options: AwsKmsOptions): KMSClientConfig {
  const { timeoutMs = 2000, maxAttempts = 3 } = options;
  return {
    region: regionOf(options.keyArns),
    maxAttempts,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}

function regionOf(keyArns: readonly string[]): string {
  const regions = new Set(
    keyArns.map((arn) => {
      const region = KEY_ARN.exec(arn)?.[1];
      if (region === undefined) {
        throw new KeyConfigurationError(
          VARIABLE,
          `'${arn}' is not the ARN of a KMS key (aliases are not accepted)`,
        );
      }
      return region;
    }),
  );
  const [region, another] = regions;
  if (region === undefined || another !== undefined) {
    throw new KeyConfigurationError(VARIABLE, `names keys of ${regions.size} regions, but one is needed`);
  }
  return region;
}

/** Shown in CloudTrail, therefore ids only. */
function encryptionContext(context: KeyContext): Record<string, string> {
  return {
    application: 'weir',
    organizationId: context.organizationId,
    owner: context.ownerUserId === null ? 'organization' : `user:${context.ownerUserId}`,
    dataKeyNumber: String(context.dataKeyNumber),
  };
}
