import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Field decorators that state a rule once: for the validation of requests and for the OpenAPI document of both directions. */
interface FieldOptions {
  /** The field's description in the documentation. */
  readonly about?: string;
  readonly example?: unknown;
  /** May be left out. */
  readonly optional?: boolean;
  /** May be null. */
  readonly nullable?: boolean;
}

type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';
type Rule = PropertyDecorator;

function field(
  options: FieldOptions,
  type: JsonType,
  schema: Record<string, unknown>,
  rules: Rule[],
): PropertyDecorator {
  const { about, example, optional = false, nullable = false } = options;
  const documented = {
    // OpenAPI 3.1 is JSON Schema: null is a type like others.
    type: nullable ? [type, 'null'] : type,
    required: !optional,
    ...schema,
    ...(about === undefined ? {} : { description: about }),
    ...(example === undefined ? {} : { example }),
  };
  const skipped = ValidateIf(
    (_object, value) => !(optional && value === undefined) && !(nullable && value === null),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest's types know OpenAPI 3.0 only
  return applyDecorators(ApiProperty(documented as unknown as ApiPropertyOptions), skipped, ...rules);
}

// Control characters have no place in a name or a title: they forge log lines and break terminals.
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const SINGLE_LINE = /^[^\u0000-\u001f\u007f\u2028\u2029]*$/;
// oxlint-disable-next-line no-control-regex -- NUL is what this is about
const NO_NUL = /^[^\u0000]*$/;
const LONE_SURROGATE_FREE = { message: '$property is not valid Unicode text' };

interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** Says what the pattern wants, e.g. 'must be upper-case letters, digits and _'. */
  readonly patternHint?: string;
  /** Allows line breaks. */
  readonly multiline?: boolean;
  /** Spaces at both ends are removed. Passwords and secrets keep theirs. */
  readonly trim?: boolean;
}

export function TextField(options: TextOptions): PropertyDecorator {
  const { min = 0, max, pattern, multiline = false, trim = false } = options;
  const rules: Rule[] = [
    IsString(),
    MinLength(min),
    MaxLength(max),
    Matches(multiline ? NO_NUL : SINGLE_LINE, { message: '$property must not contain control characters' }),
    IsWellFormed(),
  ];
  if (pattern !== undefined) {
    rules.push(
      Matches(pattern, { message: `$property ${options.patternHint ?? `must match ${String(pattern)}`}` }),
    );
  }
  if (trim)
    rules.push(
      Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    );
  const schema = {
    minLength: min,
    maxLength: max,
    ...(pattern === undefined ? {} : { pattern: pattern.source }),
  };
  return field(options, 'string', schema, rules);
}

/** Postgres stores UTF-8, which a lone surrogate cannot be written in. */
function IsWellFormed(): PropertyDecorator {
  return Matches(/^(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/, LONE_SURROGATE_FREE);
}

export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10', ...options },
    'string',
    { format: 'uuid' },
    [IsUUID()],
  );
}

export function DateField(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: '2026-11-21T09:30:00.000Z', ...options }, 'string', { format: 'date-time' }, [
    IsISO8601(),
  ]);
}

export function EnumField(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const schema = { enum: options.nullable === true ? [...values, null] : values };
  return field({ example: values[0], ...options }, 'string', schema, [
    IsIn(values, { message: `$property must be one of ${values.join(', ')}` }),
  ]);
}

interface IntOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

export function IntField(options: IntOptions): PropertyDecorator {
  const schema = {
    minimum: options.min,
    maximum: options.max,
    ...(options.default === undefined ? {} : { default: options.default }),
  };
  return field(options, 'integer', schema, [IsInt(), Min(options.min), Max(options.max)]);
}

/** An integer in a query string. */
export function IntQuery(options: IntOptions): PropertyDecorator {
  return applyDecorators(
    IntField(options),
    Transform(({ value }: { value: unknown }) => toInteger(value)),
  );
}

// Only digits: Number('') is 0 and Number('1e9') is a billion.
function toInteger(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

export function BoolField(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: true, ...options }, 'boolean', {}, [IsBoolean()]);
}

/** `true` or `false` in a query string. */
export function BoolQuery(options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    BoolField(options),
    Transform(({ value }: { value: unknown }) => toBoolean(value)),
  );
}

function toBoolean(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

/** Any JSON object; its inside is checked by the feature. */
export function JsonField(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: {}, ...options }, 'object', { additionalProperties: true }, [IsObject()]);
}

interface TextListOptions extends FieldOptions {
  readonly maxItems: number;
  readonly maxLength: number;
}

export function TextListField(options: TextListOptions): PropertyDecorator {
  const { maxItems, maxLength } = options;
  const schema = { maxItems, items: { type: 'string', minLength: 1, maxLength } };
  return field(options, 'array', schema, [
    IsArray(),
    ArrayMaxSize(maxItems),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(maxLength, { each: true }),
    Matches(SINGLE_LINE, { each: true, message: '$property must not contain control characters' }),
  ]);
}

type ClassRef = new () => object;

/** One object of another documented class. */
export function ObjectField(type: () => ClassRef, options: FieldOptions = {}): PropertyDecorator {
  const { about, optional = false, nullable = false } = options;
  const documented = {
    // Nest takes a function for a lazy reference only when it is called `type`.
    type: () => type(),
    required: !optional,
    ...(nullable ? { nullable } : {}),
    ...(about === undefined ? {} : { description: about }),
  };
  const skipped = ValidateIf(
    (_object, value) => !(optional && value === undefined) && !(nullable && value === null),
  );
  return applyDecorators(ApiProperty(documented), skipped, Type(type), IsObject(), ValidateNested());
}

/** A list of objects of another documented class. */
export function ObjectListField(
  type: () => ClassRef,
  options: FieldOptions & { readonly maxItems?: number } = {},
): PropertyDecorator {
  const { about, maxItems = 100, optional = false } = options;
  const documented = {
    type: () => [type()],
    required: !optional,
    maxItems,
    ...(about === undefined ? {} : { description: about }),
  };
  return applyDecorators(
    ApiProperty(documented),
    ValidateIf((_object, value) => !(optional && value === undefined)),
    Type(type),
    IsArray(),
    ArrayMaxSize(maxItems),
    ValidateNested({ each: true }),
  );
}
