import { ApiProperty } from '@nestjs/swagger';
import { BoolQuery, TextField } from '@weir/http';
import { IsString, MaxLength } from 'class-validator';
import { MAX_VALUE_BYTES } from './secret-value';

export class SecretNameParam {
  @TextField({
    about: 'Upper-case letters, digits and `_`, starting with a letter, at most 128 characters.',
    max: 128,
    pattern: /^[A-Z][A-Z0-9_]{0,127}$/,
    patternHint: 'must be upper-case letters, digits and _, starting with a letter, e.g. OPENAI_API_KEY',
    example: 'OPENAI_API_KEY',
  })
  readonly name!: string;
}

export class PutSecretDto {
  // Any characters, line breaks included; the service says the rest.
  @ApiProperty({
    description: 'The value, 1 byte to 64 kB. No route ever returns it.',
    type: 'string',
    writeOnly: true,
    minLength: 1,
    maxLength: MAX_VALUE_BYTES,
  })
  @IsString()
  @MaxLength(MAX_VALUE_BYTES)
  readonly value!: string;

  @TextField({
    about:
      'Id or name of the provider; without it the name of the secret tells. GET /v1/secrets/providers lists them.',
    min: 1,
    max: 100,
    optional: true,
    example: 'openai',
  })
  readonly provider?: string;
}

export class DeleteSecretQuery {
  @BoolQuery({ about: 'Delete it although workflows use it.', optional: true })
  readonly force: boolean = false;
}
