import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { DefaultProject } from './default-project';
import { ProjectContents } from './project-contents';
import { ProjectsController } from './projects.controller';
import { ProjectsRepository } from './projects.repository';
import { ProjectsService } from './projects.service';

@Module({
  imports: [AuditModule, AuthModule],
  controllers: [ProjectsController],
  providers: [DefaultProject, ProjectContents, ProjectsRepository, ProjectsService],
  exports: [ProjectContents, ProjectsService],
})
export class ProjectsModule {}
