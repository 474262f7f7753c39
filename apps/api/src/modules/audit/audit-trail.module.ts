import { Module } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { BackgroundModule } from '../../background/background.module';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditChainService } from './audit-chain.service';
import { AuditExportService } from './audit-export.service';
import { AuditSealer } from './audit-sealer';
import { AuditTrailController } from './audit-trail.controller';
import { AuditTrailRepository } from './audit-trail.repository';
import { AuditTrailService } from './audit-trail.service';
import { AUDIT_SIGNER } from './audit.tokens';
import { createAuditSigner } from './create-audit-signer';

/** Reading, exporting and sealing the trail. Apart from writing it, which every process does, the command line included. */
@Module({
  imports: [BackgroundModule],
  controllers: [AuditTrailController],
  providers: [
    {
      provide: AUDIT_SIGNER,
      inject: [CONFIG],
      useFactory: ({ keys }: AppConfig) => createAuditSigner(keys),
    },
    AuditChainRepository,
    AuditChainService,
    AuditExportService,
    AuditSealer,
    AuditTrailRepository,
    AuditTrailService,
  ],
})
export class AuditTrailModule {}
