import { DateField, IntField, TextField, TextListField, UuidField } from '@weir/http';
import type { Page } from '@weir/kernel';
import { prefixOf } from './api-key-text';
import type { ApiKeyRow } from './api-keys.repository';

export class ApiKeyView {
  @UuidField() readonly id!: string;
  @TextField({ max: 100, example: 'Help desk' }) readonly name!: string;
  @TextField({ about: 'How the key begins.', max: 35, example: 'wk_01938b5e7c1a7d52b3a42f9f6d1c8e10' })
  readonly prefix!: string;
  @TextField({ about: 'How the key ends.', max: 4, example: 'x7Qz' }) readonly lastFour!: string;
  @TextListField({ maxItems: 10, maxLength: 50, example: ['runs:write'] }) readonly scopes!: string[];
  @TextListField({
    about: 'Null: all that you can see.',
    maxItems: 100,
    maxLength: 36,
    nullable: true,
    example: null,
  })
  readonly workflowIds!: string[] | null;
  @TextListField({
    about: 'Null: from everywhere.',
    maxItems: 50,
    maxLength: 50,
    nullable: true,
    example: ['203.0.113.0/24'],
  })
  readonly ipList!: string[] | null;
  @DateField({ nullable: true }) readonly expiresAt!: string | null;
  @IntField({ min: 1, max: 100_000, nullable: true, example: 60 }) readonly requestsPerMinute!: number | null;
  @IntField({ min: 1, max: 1_000_000_000, nullable: true, example: 10_000 }) readonly runsPerMonth!:
    number | null;
  @DateField({ about: 'To the minute.', nullable: true }) readonly lastUsedAt!: string | null;
  @TextField({ max: 100, nullable: true, example: '203.0.113.7' }) readonly lastUsedIp!: string | null;
  @DateField({ about: 'Of a rotated key: when it stops to work.', nullable: true, example: null })
  readonly validUntil!: string | null;
  @UuidField({ about: 'The key whose place it took.', nullable: true }) readonly rotatedFrom!: string | null;
  @DateField() readonly createdAt!: string;
}

export class NewApiKeyView extends ApiKeyView {
  @TextField({
    about: 'The key. It is shown this once and cannot be read again.',
    max: 100,
    example: `wk_01938b5e7c1a7d52b3a42f9f6d1c8e10_${'A'.repeat(43)}`,
  })
  readonly key!: string;
}

type Plain<View> = { readonly [Member in keyof View]: View[Member] };

export function toApiKeyView(row: ApiKeyRow): Plain<ApiKeyView> {
  return {
    id: row.id,
    name: row.name,
    prefix: prefixOf(row.id),
    lastFour: row.lastFour,
    scopes: [...row.scopes],
    workflowIds: row.workflowIds === null ? null : [...row.workflowIds],
    ipList: row.ipList === null ? null : [...row.ipList],
    expiresAt: row.expiresAt?.toISOString() ?? null,
    requestsPerMinute: row.requestsPerMinute,
    runsPerMonth: row.runsPerMonth,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastUsedIp: row.lastUsedIp,
    validUntil: row.validUntil?.toISOString() ?? null,
    rotatedFrom: row.rotatedFrom,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toNewApiKeyView({
  row,
  key,
}: {
  readonly row: ApiKeyRow;
  readonly key: string;
}): NewApiKeyView {
  return { ...toApiKeyView(row), key };
}

export function toApiKeyPage({ data, nextCursor }: Page<ApiKeyRow>): Page<ApiKeyView> {
  return { data: data.map(toApiKeyView), nextCursor };
}
