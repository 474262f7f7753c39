import { Module } from '@nestjs/common';
import { BackgroundModule } from '../background/background.module';
import { EngineModule } from '../modules/engine/engine.module';
import { InternalServer } from './internal-server';
import { Metrics } from './metrics';
import { RequestCounter } from './request-counter';

@Module({
  imports: [BackgroundModule, EngineModule],
  providers: [InternalServer, Metrics, RequestCounter],
  exports: [InternalServer],
})
export class InternalModule {}
