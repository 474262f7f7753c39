import { Module } from '@nestjs/common';
import { BackgroundLoops } from './background-loops';

@Module({ providers: [BackgroundLoops], exports: [BackgroundLoops] })
export class BackgroundModule {}
