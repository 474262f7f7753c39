import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger } from '@weir/logging';
import { BackgroundLoop, type LoopDefinition } from './background-loop';

/** All loops of the process. Features add theirs in `onModuleInit`; they begin together and end before anything closes. */
@Injectable()
export class BackgroundLoops implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loops: BackgroundLoop[] = [];

  constructor(private readonly logger: Logger) {}

  add(definition: LoopDefinition): BackgroundLoop {
    const loop = new BackgroundLoop(definition, this.logger);
    this.loops.push(loop);
    return loop;
  }

  list(): readonly BackgroundLoop[] {
    return this.loops;
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
