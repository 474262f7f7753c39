import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, PageQuery, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import { OrganizationsService } from '../organizations/organizations.service';
import { CreateOrganizationDto, UpdateOrganizationDto } from './organizations.dto';
import { DeletedOrganizationView, OwnOrganizationView, toOwnOrganizationView } from './organizations.view';
import { TeamOrganizations } from './team-organizations.service';

/**
 * The person's organizations, whichever of them the token is for. Their permissions here are therefore those of the
 * account; the role in the organization that a path names is the service's to ask for.
 */
@ApiTags('Organizations')
@ApiBearerAuth()
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly teams: TeamOrganizations,
  ) {}

  @Post()
  @Idempotent()
  @Requires('account:write')
  @ApiOperation({
    summary: 'Create an organization',
    description: 'You become its owner. Act in it with POST /v1/auth/switch.',
  })
  @ApiCreatedResponse({ type: OwnOrganizationView })
  async create(
    @CurrentActor() actor: Actor,
    @Body() input: CreateOrganizationDto,
  ): Promise<OwnOrganizationView> {
    return toOwnOrganizationView(await this.teams.create(actor, { name: input.name, slug: input.slug }));
  }

  @Get()
  @Requires('account:read')
  @ApiOperation({
    summary: 'List your organizations',
    description: 'All that you are a member of, with your role in each, in the order of joining.',
  })
  @ApiPage(OwnOrganizationView)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<OwnOrganizationView>> {
    const { data, nextCursor } = await this.organizations.listOwn(actor, query);
    return { data: data.map(toOwnOrganizationView), nextCursor };
  }

  @Get('by-slug/:slug')
  @Requires('account:read')
  @ApiOperation({
    summary: 'Find one of your organizations by its slug',
    description: 'Exactly. A former slug leads to it too; the answer has the present one.',
  })
  @ApiOkResponse({ type: OwnOrganizationView })
  async getBySlug(@CurrentActor() actor: Actor, @Param('slug') slug: string): Promise<OwnOrganizationView> {
    return toOwnOrganizationView(await this.organizations.getOwnBySlug(actor, slug));
  }

  @Get(':id')
  @Requires('account:read')
  @ApiOperation({ summary: 'Read an organization', description: 'With your role in it.' })
  @ApiOkResponse({ type: OwnOrganizationView })
  async get(@CurrentActor() actor: Actor, @IdParam('organization') id: string): Promise<OwnOrganizationView> {
    return toOwnOrganizationView(await this.organizations.getOwn(actor, id));
  }

  @Patch(':id')
  @Requires('account:write')
  @ApiOperation({
    summary: 'Change an organization',
    description: 'For its owners and admins. Only what is sent changes.',
  })
  @ApiOkResponse({ type: OwnOrganizationView })
  async update(
    @CurrentActor() actor: Actor,
    @IdParam('organization') id: string,
    @Body() input: UpdateOrganizationDto,
  ): Promise<OwnOrganizationView> {
    return toOwnOrganizationView(await this.teams.change(actor, id, input));
  }

  @Delete(':id')
  @Requires('account:write')
  @ApiOperation({
    summary: 'Delete an organization',
    description:
      'For its owners. It is gone for its members at once, with their sessions in it; everything in it is removed after 30 days.',
  })
  @ApiOkResponse({ type: DeletedOrganizationView })
  async delete(
    @CurrentActor() actor: Actor,
    @IdParam('organization') id: string,
  ): Promise<DeletedOrganizationView> {
    const purgeAfter = await this.teams.delete(actor, id);
    return { id, purgeAfter: purgeAfter.toISOString() };
  }
}
