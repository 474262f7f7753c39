import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson, genesisHash, nextHash } from './audit-chain';
import { AuditSigner, isAuditSignature, parseAuditPublicKey } from './audit-signer';

describe('canonicalJson', () => {
  it('sorts members by their code units, at every depth, and writes no spaces (RFC 8785)', () => {
    expect(canonicalJson({ b: [{ d: null, c: 1.5 }], a: 'ü"\n', '€': true, '10': 1, '9': 2 })).toBe(
      String.raw`{"10":1,"9":2,"a":"ü\"\n","b":[{"c":1.5,"d":null}],"€":true}`,
    );
  });

  it('gives the same text for the same value, however it was read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as never);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe('The chain', () => {
  it('begins with its organization and continues with every event', () => {
    const id = '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10';
    const sha256 = (...parts: (string | Buffer)[]): Buffer =>
      createHash('sha256')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
        .digest();
    expect(genesisHash(id)).toEqual(sha256(`weir-audit-v1${id}`));
    expect(nextHash(genesisHash(id), '{"ü":1}')).toEqual(sha256(genesisHash(id), '{"ü":1}'));
  });
});

describe('AuditSigner', () => {
  const ring = { newest: 2, keys: new Map([1, 2].map((version) => [version, Buffer.alloc(32, version)])) };

  it('derives one key from the newest master key, and signs what its public key verifies', () => {
    const signer = AuditSigner.fromMasterKeys(ring);
    expect(AuditSigner.fromMasterKeys(ring).publicKey).toEqual(signer.publicKey);
    expect(AuditSigner.fromMasterKeys({ ...ring, newest: 1 }).publicKey).not.toEqual(signer.publicKey);
    const signature = signer.sign('a statement');
    expect(isAuditSignature(signer.publicKey, 'a statement', signature)).toBe(true);
    expect(isAuditSignature(signer.publicKey, 'another statement', signature)).toBe(false);
  });

  it('takes a key of the operator, which others may know as PEM or as base64', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const signer = AuditSigner.fromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(parseAuditPublicKey(pem)).toEqual(signer.publicKey);
    expect(parseAuditPublicKey(` ${signer.publicKey.toString('base64')}\n`)).toEqual(signer.publicKey);
  });

  it.each([
    ['another kind of key', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['no key', null],
  ])('refuses %s', (_what, pair) => {
    const pem = pair?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? 'canary';
    expect(() => AuditSigner.fromPem(pem)).toThrow(/^AUDIT_SIGNING_KEY is not an Ed25519 private key/);
    const publicPem = pair?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? 'canary';
    expect(parseAuditPublicKey(publicPem)).toBeNull();
  });
});
