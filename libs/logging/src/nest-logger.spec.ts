import { Injectable, Logger as NestOwnLogger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger } from './logger';
import { NestLogger } from './nest-logger';
import { MemoryDestination } from './testing/memory-destination';

@Injectable()
class Greeter {
  readonly greeting = 'hello';
}

@Module({ providers: [Greeter] })
class GreeterModule {
  constructor(readonly greeter: Greeter) {}
}

function setUp() {
  const destination = new MemoryDestination();
  return { destination, nest: new NestLogger(createLogger({ level: 'trace', destination })) };
}

describe('NestLogger', () => {
  it("brings Nest's own lines into the stream, with the class that speaks", async () => {
    const { destination, nest } = setUp();
    const app = await NestFactory.createApplicationContext(GreeterModule, { logger: nest });
    new NestOwnLogger('Somewhere').warn('careful');
    await app.close();
    expect(destination.lines[0]).toMatchObject({ level: 'info', event: 'nest', context: 'NestFactory' });
    expect(destination.last).toMatchObject({
      level: 'warn',
      event: 'nest',
      context: 'Somewhere',
      msg: 'careful',
    });
  });

  it.each([
    ['log', 'info'],
    ['error', 'error'],
    ['warn', 'warn'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
    ['fatal', 'fatal'],
  ] as const)('writes %s as %s', (method, level) => {
    const { destination, nest } = setUp();
    nest[method]('text', 'Context');
    expect(destination.last).toMatchObject({ level, context: 'Context', msg: 'text' });
  });

  it('keeps the places of a stack and drops its first line', () => {
    const { destination, nest } = setUp();
    nest.error('failed', 'Error: with a value\n    at here (file.js:1:1)', 'Context');
    expect(destination.last).toMatchObject({
      msg: 'failed',
      context: 'Context',
      stack: '    at here (file.js:1:1)',
    });
  });

  it('serializes errors and blanks objects', () => {
    const { destination, nest } = setUp();
    nest.error(new TypeError('broken'), 'Context');
    expect(destination.last).toMatchObject({
      err: { type: 'TypeError', message: 'broken' },
      context: 'Context',
    });
    nest.log({ password: 'canary', name: 'shown' });
    expect(destination.last).toMatchObject({ details: { password: '[redacted]', name: 'shown' } });
  });
});
