import { createHmac } from 'node:crypto';
import { parseJwtKeys, type JwtKey } from '@weir/crypto';
import type { TestApp } from './test-app';

export type Json = Readonly<Record<string, unknown>>;

/** A token as anybody could write it: any header, any payload, any signature. */
export interface Forgery {
  readonly header?: Json;
  readonly payload?: Json;
  /** Default: HMAC-SHA-256 with the service's own key, so that only what is under test is wrong. */
  readonly sign?: (input: string) => string;
}

/** Takes a token apart and puts changed ones together. */
export class TokenForge {
  readonly key: JwtKey;
  readonly header: Json;
  readonly payload: Json;

  constructor(
    api: TestApp,
    readonly genuine: string,
  ) {
    this.key = parseJwtKeys(api.config.keys.jwt).current;
    const [header = '', payload = ''] = genuine.split('.');
    this.header = read(header);
    this.payload = read(payload);
  }

  /** The genuine token with members replaced; `undefined` leaves a member out. */
  make({ header = {}, payload = {}, sign = hmac(this.key.secret) }: Forgery): string {
    const input = `${write({ ...this.header, ...header })}.${write({ ...this.payload, ...payload })}`;
    return `${input}.${sign(input)}`;
  }
}

export function hmac(key: Buffer | string, hash = 'sha256'): (input: string) => string {
  return (input) => createHmac(hash, key).update(input).digest('base64url');
}

const read = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Json;
const write = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');
