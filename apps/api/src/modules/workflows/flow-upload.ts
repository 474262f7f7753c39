import { refusedFile } from './workflows.errors';

const POINTER = '/file';

interface Magic {
  readonly bytes: readonly number[];
  readonly is: string;
}

const MAGIC: readonly Magic[] = [
  { bytes: [0x50, 0x4b], is: 'is a zip archive; unpack it and send the JSON files in it' },
  { bytes: [0x1f, 0x8b], is: 'is a gzip archive; unpack it and send the JSON file in it' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], is: 'is a PNG image, not a Langflow export (JSON)' },
  { bytes: [0xff, 0xd8, 0xff], is: 'is a JPEG image, not a Langflow export (JSON)' },
  { bytes: [0x47, 0x49, 0x46, 0x38], is: 'is a GIF image, not a Langflow export (JSON)' },
  { bytes: [0x25, 0x50, 0x44, 0x46], is: 'is a PDF document, not a Langflow export (JSON)' },
];

/**
 * The JSON in an uploaded file. What it is, is told by its bytes: the type that a client declares proves nothing.
 * @throws AppError 422 with pointer `/file`
 */
export function parseUpload(bytes: Buffer): unknown {
  const known = MAGIC.find((magic) => magic.bytes.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) throw refusedFile(POINTER, known.is);
  if (bytes.length === 0) throw refusedFile(POINTER, 'is empty');
  return parseJson(decode(bytes));
}

function decode(bytes: Buffer): string {
  try {
    // Takes a byte order mark away and refuses what is not UTF-8.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusedFile(POINTER, 'is not UTF-8 text');
  }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    // V8's message quotes the text, which may hold a secret; only the position is passed on.
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw refusedFile(
      POINTER,
      position === undefined ? 'is not JSON' : `is not JSON: unreadable at character ${position}`,
    );
  }
}
