import { TextField } from '@weir/http';
import { SLUG_HINT, SLUG_PATTERN } from '../organizations/slug';

const NAME = { min: 1, max: 200, example: 'Acme', trim: true } as const;
const SLUG = {
  about: 'Names the organization in addresses. 3 to 63 lower-case letters, digits and hyphens.',
  min: 1,
  max: 63,
  pattern: SLUG_PATTERN,
  patternHint: SLUG_HINT,
  example: 'acme',
} as const;

export class CreateOrganizationDto {
  @TextField(NAME) readonly name!: string;
  @TextField(SLUG) readonly slug!: string;
}

export class UpdateOrganizationDto {
  @TextField({ ...NAME, optional: true }) readonly name?: string;
  @TextField({ ...SLUG, about: 'The old one stays yours and still leads here.', optional: true })
  readonly slug?: string;
}
