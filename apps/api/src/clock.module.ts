import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '@weir/kernel';

/** Global like configuration and logging: time is asked for everywhere, and tests replace it in one place. */
@Global()
@Module({})
export class ClockModule {
  static register(clock: Clock): DynamicModule {
    return { module: ClockModule, providers: [{ provide: Clock, useValue: clock }], exports: [Clock] };
  }
}
