import { newId } from '@weir/kernel';
import { AwsKmsKeyProvider } from './aws-kms-key-provider';
import type { AwsKmsOptions } from './aws-kms-key-provider';
import { DecryptionError, KeyConfigurationError, KeyProviderUnavailableError } from './crypto.errors';
import { generateDataKey, rewrapDataKey, unwrapDataKey, wrapDataKey } from './data-key';
import { checkSelfTest, makeSelfTest } from './self-test';
import { FakeKms } from './testing/fake-kms';
import { KEY_ONE, localProvider, someOwner } from './testing/key-fixtures';

const arn = (id: string, region = 'eu-central-1') => `arn:aws:kms:${region}:111122223333:key/${id}`;
const [OLD, CURRENT, FOREIGN] = [arn('old'), arn('current'), arn('foreign')];

describe('AwsKmsKeyProvider', () => {
  let kms: FakeKms;
  const opened: AwsKmsKeyProvider[] = [];
  const owner = someOwner();
  const dataKey = generateDataKey();

  const provider = (options: Partial<AwsKmsOptions> = {}): AwsKmsKeyProvider => {
    const made = new AwsKmsKeyProvider({
      keyArns: [CURRENT, OLD],
      endpoint: kms.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      timeoutMs: 200,
      maxAttempts: 1,
      ...options,
    });
    opened.push(made);
    return made;
  };

  beforeAll(async () => {
    kms = await FakeKms.start([OLD, CURRENT, FOREIGN]);
  });
  beforeEach(() => {
    kms.mood = 'well';
    kms.requests.length = 0;
  });
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await kms.stop();
  });

  it('wraps under the first key and unwraps again', async () => {
    const row = await wrapDataKey(provider(), dataKey, owner, 1);
    expect(row.masterKeyVersion).toBe(CURRENT);
    expect(Buffer.from(row.wrapped).includes(dataKey)).toBe(false);
    await expect(unwrapDataKey(provider(), row, owner, 1)).resolves.toEqual(dataKey);
  });

  it('sends owner and number as the encryption context, ids only', async () => {
    await wrapDataKey(provider(), dataKey, owner, 7);
    expect(kms.requests).toMatchObject([
      {
        target: 'TrentService.Encrypt',
        body: {
          KeyId: CURRENT,
          EncryptionContext: {
            application: 'weir',
            organizationId: owner.organizationId,
            owner: `user:${owner.ownerUserId}`,
            dataKeyNumber: '7',
          },
        },
      },
    ]);
  });

  it('does not open for another owner or number, or altered (N2, R42)', async () => {
    const row = await wrapDataKey(provider(), dataKey, owner, 1);
    const attempts = [
      unwrapDataKey(provider(), row, { ...owner, organizationId: newId() }, 1),
      unwrapDataKey(provider(), row, { ...owner, ownerUserId: null }, 1),
      unwrapDataKey(provider(), row, owner, 2),
      unwrapDataKey(provider(), { ...row, masterKeyVersion: OLD }, owner, 1),
      unwrapDataKey(provider(), { ...row, wrapped: row.wrapped.map((byte) => byte ^ 1) }, owner, 1),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(DecryptionError);
  });

  it('never asks KMS with a key that is not configured, even when KMS would answer', async () => {
    const row = await wrapDataKey(provider({ keyArns: [FOREIGN] }), dataKey, owner, 1);
    kms.requests.length = 0;
    await expect(unwrapDataKey(provider(), row, owner, 1)).rejects.toThrow(DecryptionError);
    const local = await wrapDataKey(localProvider(KEY_ONE), dataKey, owner, 1);
    await expect(unwrapDataKey(provider(), local, owner, 1)).rejects.toThrow(DecryptionError);
    expect(kms.requests).toEqual([]);
  });

  it('moves data keys to a new key while the old one still reads (F85, R44)', async () => {
    const before = await wrapDataKey(provider({ keyArns: [OLD] }), dataKey, owner, 1);
    const after = await rewrapDataKey(provider(), before, owner, 1);
    expect(after?.masterKeyVersion).toBe(CURRENT);
    await expect(unwrapDataKey(provider({ keyArns: [CURRENT] }), after!, owner, 1)).resolves.toEqual(dataKey);
  });

  it('passes the stored self-test, and fails it with other keys (R45)', async () => {
    const stored = await makeSelfTest(provider());
    await expect(checkSelfTest(provider(), stored)).resolves.toBe('current');
    const wrong = checkSelfTest(provider({ keyArns: [FOREIGN] }), stored, 'AWS_KMS_KEY_ARNS');
    await expect(wrong).rejects.toThrow(/^AWS_KMS_KEY_ARNS does not hold the key/);
  });

  it.each(['hanging', 'failing'] as const)(
    'answers 503 within its time-out while KMS is %s',
    async (mood) => {
      const row = await wrapDataKey(provider(), dataKey, owner, 1);
      kms.mood = mood;
      const start = Date.now();
      await expect(unwrapDataKey(provider(), row, owner, 1)).rejects.toMatchObject({
        code: 'key_provider_unavailable',
        status: 503,
        retryAfterSeconds: 5,
      });
      await expect(wrapDataKey(provider(), dataKey, owner, 1)).rejects.toThrow(KeyProviderUnavailableError);
      expect(Date.now() - start).toBeLessThan(3000);
    },
  );

  it('reports its health with the reason', async () => {
    await expect(provider().health()).resolves.toEqual({
      ok: true,
      provider: 'aws-kms',
      currentVersion: CURRENT,
      reason: null,
    });
    kms.mood = 'failing';
    await expect(provider().health()).resolves.toMatchObject({
      ok: false,
      reason: expect.stringContaining('down for the test'),
    });
  });

  it.each([
    ['no key', [], 'is missing'],
    ['an alias', ['arn:aws:kms:eu-central-1:111122223333:alias/weir'], 'is not the ARN of a KMS key'],
    ['a bare id', ['1234abcd-12ab-34cd-56ef-1234567890ab'], 'is not the ARN of a KMS key'],
    ['two regions', [arn('a'), arn('b', 'us-east-1')], 'names keys of 2 regions'],
  ])('refuses %s at the start', (_, keyArns, reason) => {
    expect(() => provider({ keyArns })).toThrow(KeyConfigurationError);
    expect(() => provider({ keyArns })).toThrow(reason);
  });
});
