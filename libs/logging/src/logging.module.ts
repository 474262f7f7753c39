import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Logger } from './logger';

/** Makes the process's one {@link Logger} injectable everywhere. */
@Global()
@Module({})
export class LoggingModule {
  static register(logger: Logger): DynamicModule {
    return { module: LoggingModule, providers: [{ provide: Logger, useValue: logger }], exports: [Logger] };
  }
}
