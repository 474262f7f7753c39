import type { INestApplicationContext } from '@nestjs/common';
import { OrganizationsAdministrationService } from '../../../api/src/modules/administration/organizations-administration.service';
import { OrganizationOperations } from '../../../api/src/modules/organizations/organization-operations.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

export interface TenantSuspendOptions {
  /** Shown to the members. */
  readonly reason: string;
}

/** `weir tenant suspend`: members still sign in and read; nothing runs and nothing changes. */
export async function tenantSuspend(
  services: INestApplicationContext,
  output: Output,
  slugOrId: string,
  { reason }: TenantSuspendOptions,
): Promise<ExitCode> {
  const { id, name } = await services.get(OrganizationsAdministrationService).get(slugOrId);
  await services.get(OrganizationOperations).suspend(id, reason);
  output.result({ id, suspended: true, reason: reason.trim() }, [
    `'${name}' (${id}) is suspended within 5 seconds: members can read, and 'weir tenant resume' undoes it.`,
  ]);
  return EXIT.ok;
}

/** `weir tenant resume`: lifts a suspension. Twice is no change. */
export async function tenantResume(
  services: INestApplicationContext,
  output: Output,
  slugOrId: string,
): Promise<ExitCode> {
  const { id, name, suspendedReason } = await services.get(OrganizationsAdministrationService).get(slugOrId);
  const changed = suspendedReason !== null;
  if (changed) await services.get(OrganizationOperations).resume(id);
  output.result({ id, suspended: false, changed }, [
    changed ? `'${name}' (${id}) works again.` : `'${name}' (${id}) is not suspended; nothing was changed.`,
  ]);
  return EXIT.ok;
}
