import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { UsersModule } from '../users/users.module';
import { AccountAccessService } from './account-access.service';
import { AccountsAdministrationRepository } from './accounts-administration.repository';
import { AccountsAdministrationService } from './accounts-administration.service';
import { GeneratedPasswords } from './generated-passwords';
import { OrganizationsAdministrationRepository } from './organizations-administration.repository';
import { OrganizationsAdministrationService } from './organizations-administration.service';

/** What only the operator may do. No route leads here: the command line is its user. */
@Module({
  imports: [AuditModule, AuthModule, OrganizationsModule, UsersModule],
  providers: [
    AccountAccessService,
    AccountsAdministrationRepository,
    AccountsAdministrationService,
    GeneratedPasswords,
    OrganizationsAdministrationRepository,
    OrganizationsAdministrationService,
  ],
  exports: [
    AccountAccessService,
    AccountsAdministrationService,
    GeneratedPasswords,
    OrganizationsAdministrationService,
  ],
})
export class AdministrationModule {}
