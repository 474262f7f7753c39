import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';

/** The one row of `key_ring_checks`: global, because the key ring is. */
@Injectable()
export class KeyRingCheckRepository {
  constructor(private readonly database: Database) {}

  async find(): Promise<string | null> {
    const row = await this.database.client.keyRingCheck.findFirst({ select: { sealed: true } });
    return row?.sealed ?? null;
  }

  /** Does nothing when another process was first. */
  async insertIfAbsent(sealed: string): Promise<void> {
    await this.database.client.keyRingCheck.createMany({ data: [{ sealed }], skipDuplicates: true });
  }

  async replace(before: string, sealed: string, at: Date): Promise<void> {
    await this.database.client.keyRingCheck.updateMany({
      where: { sealed: before },
      data: { sealed, createdAt: at },
    });
  }
}
