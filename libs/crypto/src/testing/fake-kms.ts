import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';

class KmsFault extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/**
 * The part of AWS KMS that wraps data keys, on a real socket: the JSON 1.1 protocol (`X-Amz-Target: TrentService.…`),
 * authenticated encryption, and the encryption context as associated data.
 */
export class FakeKms {
  /** Every request body as it arrived, with its target. */
  readonly requests: { readonly target: string; readonly body: JsonObject }[] = [];
  /** While set, requests are not answered by KMS's rules. */
  mood: 'well' | 'hanging' | 'failing' = 'well';
  private readonly keys = new Map<string, Buffer>();
  private readonly server: Server;

  private constructor(keyArns: readonly string[]) {
    for (const arn of keyArns) this.keys.set(arn, randomBytes(32));
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  static async start(keyArns: readonly string[]): Promise<FakeKms> {
    const fake = new FakeKms(keyArns);
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The fake KMS does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target']);
    const body: unknown = JSON.parse(await text(request));
    if (!isJsonObject(body)) throw new TypeError('KMS takes a JSON object');
    this.requests.push({ target, body });
    if (this.mood === 'hanging') return;
    try {
      if (this.mood === 'failing') throw new KmsFault('KMSInternalException', 'down for the test', 500);
      send(response, 200, this.perform(target, body));
    } catch (error) {
      if (!(error instanceof KmsFault)) throw error;
      send(response, error.status, { __type: error.type, message: error.message });
    }
  }

  private perform(target: string, body: JsonObject): JsonObject {
    const arn = textOf(body['KeyId']);
    const key = this.keys.get(arn);
    if (key === undefined) throw new KmsFault('NotFoundException', `Key '${arn}' does not exist`);
    const context = canonicalContext(body['EncryptionContext']);
    if (target === 'TrentService.Encrypt') {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
      const blob = Buffer.concat([cipher.update(fromBase64(body['Plaintext'])), cipher.final()]);
      return {
        KeyId: arn,
        CiphertextBlob: Buffer.concat([nonce, cipher.getAuthTag(), blob]).toString('base64'),
      };
    }
    if (target === 'TrentService.Decrypt') {
      return {
        KeyId: arn,
        Plaintext: decrypt(key, context, fromBase64(body['CiphertextBlob'])).toString('base64'),
      };
    }
    throw new KmsFault('UnknownOperationException', `No such operation: ${target}`);
  }
}

function decrypt(key: Buffer, context: Buffer, blob: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(context).setAuthTag(blob.subarray(12, 28));
    return Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]);
  } catch {
    throw new KmsFault('InvalidCiphertextException', '');
  }
}

function canonicalContext(context: unknown): Buffer {
  const entries = isJsonObject(context) ? Object.entries(context) : [];
  return Buffer.from(JSON.stringify(entries.toSorted(([left], [right]) => left.localeCompare(right))));
}

function fromBase64(value: unknown): Buffer {
  return Buffer.from(textOf(value), 'base64');
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new KmsFault('ValidationException', 'A text is missing');
  return value;
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
