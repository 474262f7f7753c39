import { DateField, IntField, TextField, TextListField } from '@weir/http';
import { ArrayMinSize, ArrayUnique, IsIn, IsUUID, ValidateBy } from 'class-validator';
import { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes';
import { isAddressOrNetwork } from './ip-list';

const MAX_OVERLAP_SECONDS = 7 * 24 * 60 * 60;
const ONCE = { message: '$property must name each one once' } as const;
const NOT_EMPTY = { message: '$property must have at least one entry, or be left out' } as const;

const AreAddresses = ValidateBy(
  {
    name: 'areAddresses',
    validator: {
      validate: (value) => typeof value === 'string' && isAddressOrNetwork(value),
      defaultMessage: () =>
        '$property must hold addresses (203.0.113.7) or networks (203.0.113.0/24, 2001:db8::/32)',
    },
  },
  { each: true },
);

export class CreateApiKeyDto {
  @TextField({ min: 1, max: 100, trim: true, example: 'Help desk' })
  readonly name!: string;

  @TextListField({
    about: `What the key may: ${API_KEY_SCOPES.join(', ')}. No more than your role has.`,
    maxItems: API_KEY_SCOPES.length,
    maxLength: 50,
    example: ['runs:write'],
  })
  @ArrayMinSize(1, { message: '$property must have at least one entry' })
  @ArrayUnique(ONCE)
  @IsIn(API_KEY_SCOPES, { each: true, message: `$property must be among ${API_KEY_SCOPES.join(', ')}` })
  readonly scopes!: ApiKeyScope[];

  @TextListField({
    about: 'Ids of the only workflows that there are for the key; all that you can see when left out.',
    maxItems: 100,
    maxLength: 36,
    optional: true,
    example: ['01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10'],
  })
  @ArrayMinSize(1, NOT_EMPTY)
  @ArrayUnique(ONCE)
  @IsUUID(undefined, { each: true, message: '$property must hold ids' })
  readonly workflowIds?: string[];

  @TextListField({
    about: 'Addresses and networks that the key works from; everywhere when left out.',
    maxItems: 50,
    maxLength: 50,
    optional: true,
    example: ['203.0.113.0/24'],
  })
  @ArrayMinSize(1, NOT_EMPTY)
  @AreAddresses
  readonly ipList?: string[];

  @DateField({ about: 'Never when left out.', optional: true, example: '2027-11-21T09:30:00.000Z' })
  readonly expiresAt?: string;

  @IntField({
    about: 'No limit of its own when left out.',
    min: 1,
    max: 100_000,
    optional: true,
    example: 60,
  })
  readonly requestsPerMinute?: number;

  @IntField({
    about: 'Runs in a calendar month (UTC); no limit of its own when left out.',
    min: 1,
    max: 1_000_000_000,
    optional: true,
    example: 10_000,
  })
  readonly runsPerMonth?: number;
}

export class RotateApiKeyDto {
  @IntField({
    about: 'How long the old key works beside the new one.',
    min: 0,
    max: MAX_OVERLAP_SECONDS,
    default: 0,
    optional: true,
    example: 3600,
  })
  readonly overlapSeconds: number = 0;
}
