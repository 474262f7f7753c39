import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { CONFIG, type AppConfig } from '@weir/config';
import { parseJwtKeys } from '@weir/crypto';
import { AuditModule } from '../audit/audit.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { UsersModule } from '../users/users.module';
import { AccountDeletionService } from './account-deletion.service';
import { AccountService } from './account.service';
import { AccountSteps } from './account-steps';
import { ApiKeyAccess } from './api-key-access';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { JWT_KEYS } from './auth.tokens';
import { JwtStrategy } from './jwt.strategy';
import { LoginThrottle } from './login-throttle';
import { MeController } from './me.controller';
import { OptionalSessionGuard } from './optional-session.guard';
import { OrganizationEntry } from './organization-entry.service';
import { PasswordService } from './password.service';
import { ProfileService } from './profile.service';
import { SessionCache } from './session-cache';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';

@Module({
  imports: [PassportModule, AuditModule, OrganizationsModule, UsersModule],
  controllers: [AuthController, MeController],
  providers: [
    { provide: JWT_KEYS, inject: [CONFIG], useFactory: (config: AppConfig) => parseJwtKeys(config.keys.jwt) },
    AccountDeletionService,
    AccountService,
    AccountSteps,
    ApiKeyAccess,
    AuthService,
    JwtStrategy,
    LoginThrottle,
    OptionalSessionGuard,
    OrganizationEntry,
    PasswordService,
    ProfileService,
    SessionCache,
    SessionsRepository,
    SessionsService,
  ],
  exports: [AccountService, AccountSteps, ApiKeyAccess, OrganizationEntry, PasswordService, SessionsService],
})
export class AuthModule {}
