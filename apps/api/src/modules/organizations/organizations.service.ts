import { Injectable } from '@nestjs/common';
import {
  Clock,
  decodeTimeCursor,
  newId,
  notFound,
  toPage,
  type Actor,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { slugRefused, slugTaken } from './organizations.errors';
import {
  OrganizationsRepository,
  type OrganizationRow,
  type OwnOrganizationRow,
} from './organizations.repository';
import { slugProblem } from './slug';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a deleted team organization can still be brought back by the operator. */
const GRACE_MS = 30 * DAY_MS;

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly clock: Clock,
  ) {}

  /** Every person's own organization, with that person as its owner. Part of the sign-up transaction. */
  async createPersonal(actor: Actor, personName: string): Promise<OrganizationRow> {
    return this.create(actor, 'personal', personName);
  }

  /**
   * A team organization under the id that the actor brings, with the actor as its owner. Call inside a transaction.
   * @throws AppError 422 for a slug that cannot be one, 409 `slug_taken`
   */
  async createTeam(
    actor: Actor,
    { name, slug }: { readonly name: string; readonly slug: string },
  ): Promise<void> {
    await this.create(actor, 'team', name);
    await this.changeSlug(actor, slug);
  }

  async getActive(actor: Actor): Promise<OrganizationRow> {
    const organization = await this.organizations.findActive(actor);
    if (organization === null) throw notFound('organization', actor.organizationId);
    return organization;
  }

  /** Everything that the person is a member of, in the order of joining. */
  async listOwn(actor: Actor, { limit, cursor }: PageRequest): Promise<Page<OwnOrganizationRow>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.organizations.listOwn(actor, after, limit + 1);
    return toPage(rows, limit, ({ joinedAt, id }) => ({ sort: joinedAt.toISOString(), id }));
  }

  /** @throws AppError 404 also when it exists and the actor is no member */
  async getOwn(actor: Actor, id: string): Promise<OwnOrganizationRow> {
    const organization = await this.organizations.findOwn(actor, { id });
    if (organization === null) throw notFound('organization', id);
    return organization;
  }

  /** By a slug that it has, or had before it was renamed. Exact: nothing in it is a wildcard (F2). */
  async getOwnBySlug(actor: Actor, slug: string): Promise<OwnOrganizationRow> {
    const usable = slugProblem(slug) === null;
    const organization = usable ? await this.organizations.findOwn(actor, { slug }) : null;
    if (organization === null) throw notFound('organization', slug.slice(0, 64));
    return organization;
  }

  async rename(actor: Actor, name: string): Promise<void> {
    await this.organizations.updateName(actor, name);
  }

  /** The old slug stays with the organization and still leads to it. Call inside a transaction. */
  async changeSlug(actor: Actor, slug: string): Promise<void> {
    const problem = slugProblem(slug);
    if (problem !== null) throw slugRefused(slug, problem);
    if (!(await this.organizations.claimSlug(actor, slug, this.clock.now()))) throw slugTaken(slug);
  }

  /** Hides the organization at once; background work removes its engine copies and then every row. */
  async markDeleted(actor: Actor, at: Date): Promise<void> {
    await this.organizations.markDeleted(actor, at, null);
  }

  /** Hides it at once and keeps every row until the grace is over. @returns when that is */
  async markDeletedWithGrace(actor: Actor): Promise<Date> {
    const now = this.clock.now();
    const purgeAfter = new Date(now.getTime() + GRACE_MS);
    const marked = await this.organizations.markDeleted(actor, now, purgeAfter);
    if (marked === 0) throw notFound('organization', actor.organizationId);
    return purgeAfter;
  }

  private async create(actor: Actor, kind: 'personal' | 'team', name: string): Promise<OrganizationRow> {
    const organization = { id: actor.organizationId, kind, name };
    await this.organizations.insert(actor, organization);
    await this.organizations.insertMembership(actor, { id: newId(), role: 'owner' });
    return organization;
  }
}
