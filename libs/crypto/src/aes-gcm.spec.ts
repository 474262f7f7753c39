import { randomBytes } from 'node:crypto';
import { seal } from './aes-gcm';

const ENOUGH_ON_A_BUSY_MACHINE = 120_000;

describe('the nonce of AES-GCM', () => {
  it(
    'never repeats in 100,000 encryptions under one key (R41)',
    () => {
      const key = randomBytes(32);
      const nonces = new Set<string>();
      for (let count = 0; count < 100_000; count += 1) {
        const { nonce } = seal(key, Buffer.from('binding'), Buffer.from('x'));
        nonces.add(Buffer.from(nonce).toString('base64'));
      }
      expect(nonces.size).toBe(100_000);
    },
    ENOUGH_ON_A_BUSY_MACHINE,
  );
});
