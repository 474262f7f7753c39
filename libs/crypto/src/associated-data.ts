import { isUuid } from '@weir/kernel';

/** First byte of every encoding, so that a later layout can never be read as this one. */
const LAYOUT = 1;
const UUID_BYTES = 16;
const MAXIMUM_UINT32 = 0xffff_ffff;

/**
 * Builds associated data for AES-GCM from fields of fixed width or with their length in front, so that no two different
 * sets of fields give the same bytes (joining with a separator would not guarantee that).
 */
export class AssociatedData {
  private readonly parts: Buffer[] = [Buffer.from([LAYOUT])];

  /** 16 bytes. @throws TypeError when the id is not a UUID: an id of another form is a programming error here. */
  uuid(id: string): this {
    if (!isUuid(id)) throw new TypeError(`'${id}' is not a UUID`);
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    return this.append(bytes);
  }

  /** One byte that says whether an id follows, then 16 bytes either way. */
  optionalUuid(id: string | null): this {
    if (id === null) return this.append(Buffer.alloc(1 + UUID_BYTES));
    return this.append(Buffer.from([1])).uuid(id);
  }

  /** Four bytes, big-endian. */
  uint32(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > MAXIMUM_UINT32) {
      throw new TypeError(`${value} is not a whole number from 0 to ${MAXIMUM_UINT32}`);
    }
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return this.append(bytes);
  }

  /** Its length in UTF-8 as four bytes, then the text. */
  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8');
    return this.uint32(bytes.length).append(bytes);
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.parts);
  }

  private append(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }
}
