import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { AcceptanceWork } from './acceptance-work.service';
import { InvitationAcceptance } from './invitation-acceptance.service';
import { InvitationDelivery } from './invitation-delivery';
import { InvitationsController } from './invitations.controller';
import { InvitationsRepository } from './invitations.repository';
import { InvitationsService } from './invitations.service';
import { MembersController } from './members.controller';
import { MembersRepository } from './members.repository';
import { MembersService } from './members.service';
import { OrganizationsController } from './organizations.controller';
import { TeamOrganizations } from './team-organizations.service';

@Module({
  imports: [AuditModule, AuthModule, OrganizationsModule],
  controllers: [InvitationsController, MembersController, OrganizationsController],
  providers: [
    AcceptanceWork,
    InvitationAcceptance,
    InvitationDelivery,
    InvitationsRepository,
    InvitationsService,
    MembersRepository,
    MembersService,
    TeamOrganizations,
  ],
})
export class MembersModule {}
