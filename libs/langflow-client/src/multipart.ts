import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { invalidInput } from '@weir/kernel';

/** Langflow keeps a user's MCP servers (commands it starts!) in an ordinary file of this name: nobody may upload one. */
const RESERVED_NAME = /^_mcp_servers/i;

/**
 * One file as `multipart/form-data`, part `file`. A stream is passed on as it comes, never collected.
 * @throws AppError 422 when the name is reserved or not a plain file name
 */
export function multipartFile(
  name: string,
  content: Buffer | Readable,
  contentType: string,
): { readonly body: Readable; readonly headers: Record<string, string> } {
  assertFileName(name);
  const boundary = `weir-${randomUUID()}`;
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? contentType : 'application/octet-stream';
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name.replaceAll('"', '%22')}"\r\n` +
      `content-type: ${type}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const headers: Record<string, string> = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  if (Buffer.isBuffer(content))
    headers['content-length'] = String(head.length + content.length + tail.length);
  return { body: Readable.from(parts(head, content, tail), { objectMode: false }), headers };
}

async function* parts(
  head: Buffer,
  content: Buffer | Readable,
  tail: Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  yield head;
  if (Buffer.isBuffer(content)) yield content;
  else for await (const chunk of content) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  yield tail;
}

function assertFileName(name: string): void {
  const isPlain =
    name.length > 0 &&
    name.length <= 255 &&
    !/[/\\]/.test(name) &&
    !/^\.+$/.test(name) &&
    !hasControlCharacter(name);
  if (!isPlain || RESERVED_NAME.test(name)) {
    throw invalidInput('The file cannot be stored under this name. Choose another file name.', [
      { pointer: '/name', detail: 'must be a plain file name that does not begin with _mcp_servers' },
    ]);
  }
}

function hasControlCharacter(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\u007f');
}
