import type { INestApplicationContext } from '@nestjs/common';
import { OrganizationsAdministrationService } from '../../../api/src/modules/administration/organizations-administration.service';
import { readEmail } from '../email';
import { EXIT, type ExitCode } from '../exit-codes';
import { readName } from '../read-name';
import type { Output } from '../output';
import { tenantToJson } from './tenant-show.command';

export interface TenantAddOptions {
  readonly name: string;
  readonly slug: string;
  readonly owner: string;
}

/** `weir tenant add`: a team organization for an account that exists. */
export async function tenantAdd(
  services: INestApplicationContext,
  output: Output,
  options: TenantAddOptions,
): Promise<ExitCode> {
  const ownerEmail = readEmail(options.owner, '--owner');
  const name = readName(options.name);
  const made = await services
    .get(OrganizationsAdministrationService)
    .add({ name, slug: options.slug, ownerEmail });
  output.result(tenantToJson(made), [
    `Made the organization '${options.slug}' (${made.id}), owned by ${ownerEmail}.`,
  ]);
  return EXIT.ok;
}
