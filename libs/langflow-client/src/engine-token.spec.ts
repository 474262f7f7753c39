import { createPublicKey } from 'node:crypto';
import { ManualClock } from '@weir/kernel';
import { generateEngineKeys } from '@weir/testing';
import { decode, verify } from 'jsonwebtoken';
import { createEngineTokenIssuer } from './engine-token';

const keys = generateEngineKeys();
const start = new Date('2026-03-01T12:00:00Z');
const alice = { subject: 'org_1:user_1', username: 'alice', email: 'alice@example.test' };

function issuerAt(clock: ManualClock, lifetimeSeconds = 300) {
  return createEngineTokenIssuer({
    privateKeyPem: keys.privateKeyPem,
    issuer: 'weir',
    audience: 'langflow',
    lifetimeSeconds,
    clock,
  });
}

describe('createEngineTokenIssuer', () => {
  it('issues RS256 tokens that its own JWKS verifies, with issuer, audience, subject and expiry (N1)', () => {
    const issuer = issuerAt(new ManualClock(start));
    const [jwk] = issuer.jwks().keys;
    const claims = verify(issuer.issue(alice), createPublicKey({ key: { ...jwk! }, format: 'jwk' }), {
      algorithms: ['RS256'],
      audience: 'langflow',
      issuer: 'weir',
      clockTimestamp: start.getTime() / 1000,
    });
    expect(claims).toEqual({
      iss: 'weir',
      aud: 'langflow',
      sub: 'org_1:user_1',
      preferred_username: 'alice',
      email: 'alice@example.test',
      iat: start.getTime() / 1000,
      exp: start.getTime() / 1000 + 300,
    });
  });

  it('publishes nothing private', () => {
    const [jwk] = issuerAt(new ManualClock(start)).jwks().keys;
    expect(Object.keys(jwk!).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('derives the key id from the key, so that a new key is a new id', () => {
    const issuer = issuerAt(new ManualClock(start));
    const other = createEngineTokenIssuer({
      privateKeyPem: generateEngineKeys().privateKeyPem,
      issuer: 'weir',
      audience: 'langflow',
      lifetimeSeconds: 300,
      clock: new ManualClock(start),
    });
    expect(issuer.kid).toMatch(/^[\w-]{43}$/);
    expect(issuer.kid).not.toBe(other.kid);
    expect(decode(issuer.issue(alice), { complete: true })?.header.kid).toBe(issuer.kid);
  });

  it('hands out the same token until 30 seconds before it expires, then a new one', () => {
    const clock = new ManualClock(start);
    const issuer = issuerAt(clock);
    const first = issuer.issue(alice);
    clock.advance(269_000);
    expect(issuer.issue(alice)).toBe(first);
    clock.advance(1_000);
    expect(issuer.issue(alice)).not.toBe(first);
  });

  it('keeps the tokens of two subjects apart, and renews when a name changes', () => {
    const issuer = issuerAt(new ManualClock(start));
    const first = issuer.issue(alice);
    expect(issuer.issue({ subject: 'org_1:user_2', username: 'bob' })).not.toBe(first);
    const renamed = decode(issuer.issue({ ...alice, username: 'alice2' }));
    expect(renamed).toMatchObject({ sub: 'org_1:user_1', preferred_username: 'alice2' });
  });

  it('refuses keys and lifetimes that would not work', () => {
    expect(() => issuerAt(new ManualClock(start), 30)).toThrow('longer than 30 seconds');
    const bad = {
      privateKeyPem: 'no key',
      issuer: 'weir',
      audience: 'langflow',
      lifetimeSeconds: 300,
      clock: new ManualClock(),
    };
    expect(() => createEngineTokenIssuer(bad)).toThrow(/DECODER|PEM|unsupported/i);
  });
});
