import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { ApiKeyAuthenticator } from './api-key-authenticator';
import { ApiKeyCache } from './api-key-cache';
import { ApiKeyRateGuard } from './api-key-rate.guard';
import { ApiKeysController } from './api-keys.controller';
import { ApiKeysRepository } from './api-keys.repository';
import { ApiKeysService } from './api-keys.service';

@Module({
  imports: [AuditModule, AuthModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeyAuthenticator,
    ApiKeyCache,
    ApiKeysRepository,
    ApiKeysService,
    // For every route; behind the guards of the app, which tell who asks.
    { provide: APP_GUARD, useClass: ApiKeyRateGuard },
  ],
})
export class ApiKeysModule {}
