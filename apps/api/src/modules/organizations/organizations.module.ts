import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { OrganizationOperationsRepository } from './organization-operations.repository';
import { OrganizationOperations } from './organization-operations.service';
import { OrganizationsRepository } from './organizations.repository';
import { OrganizationsService } from './organizations.service';

@Module({
  imports: [AuditModule],
  providers: [
    OrganizationOperations,
    OrganizationOperationsRepository,
    OrganizationsRepository,
    OrganizationsService,
  ],
  exports: [OrganizationOperations, OrganizationsService],
})
export class OrganizationsModule {}
