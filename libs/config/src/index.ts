export { loadConfig, type AppConfig, type EngineConfig, type MasterKeyConfig } from './app-config';
export { CONFIG, ConfigModule } from './config.module';
export { renderEnvExample } from './env-example';
export { ConfigError } from './config-error';
export { loadMigrationUrl } from './migration-url';
