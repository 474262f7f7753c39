import type { Provider } from '@weir/flow';
import { DateField, EnumField, IntField, ObjectListField, TextField } from '@weir/http';
import type { Page } from '@weir/kernel';
import type { SecretRow } from './secrets.repository';

export class SecretView {
  @TextField({ max: 128, example: 'OPENAI_API_KEY' }) readonly name!: string;
  @TextField({ about: 'Id of the provider, when it is known.', max: 100, nullable: true, example: 'openai' })
  readonly provider!: string | null;
  @TextField({
    about: 'The end of the value; null when it has fewer than 12 characters.',
    max: 8,
    nullable: true,
    example: 'x7Qa',
  })
  readonly lastFour!: string | null;
  @IntField({ about: 'Grows with every replacement.', min: 1, max: 2 ** 31 - 1, example: 1 })
  readonly version!: number;
  @DateField() readonly createdAt!: string;
  @DateField() readonly updatedAt!: string;
  @DateField({ about: 'When a run last used it.', nullable: true }) readonly lastUsedAt!: string | null;
}

export class SecretProviderView {
  @TextField({ max: 100, example: 'openai' }) readonly id!: string;
  @TextField({ max: 100, example: 'OpenAI' }) readonly name!: string;
  @EnumField(['model', 'tool'], { about: '`model` providers can be the default of a person.' })
  readonly kind!: string;
  @TextField({
    about: 'The usual name of its key; null when it needs none.',
    max: 128,
    nullable: true,
    example: 'OPENAI_API_KEY',
  })
  readonly secretName!: string | null;
}

export class SecretProviderListView {
  @ObjectListField(() => SecretProviderView) readonly data!: SecretProviderView[];
}

export function toSecretView(row: SecretRow): SecretView {
  const { name, provider, lastFour, version, createdAt, updatedAt, lastUsedAt } = row;
  return {
    name,
    provider,
    lastFour,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

export function toSecretPage({ data, nextCursor }: Page<SecretRow>): Page<SecretView> {
  return { data: data.map(toSecretView), nextCursor };
}

export function toProviderListView(providers: readonly Provider[]): SecretProviderListView {
  return { data: providers.map(({ id, name, kind, secretName }) => ({ id, name, kind, secretName })) };
}
