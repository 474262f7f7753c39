import { Param, type PipeTransform } from '@nestjs/common';
import { isUuid, notFound } from '@weir/kernel';

/** What is no id cannot name anything: the same 404 as for an unknown one. */
class IdPipe implements PipeTransform<unknown, string> {
  constructor(private readonly kind: string) {}

  transform(value: unknown): string {
    if (typeof value !== 'string' || !isUuid(value)) throw notFound(this.kind, String(value).slice(0, 64));
    return value.toLowerCase();
  }
}

/**
 * A UUID in the path.
 * @param kind the word for the thing, used in the 404
 */
export function IdParam(kind: string, name = 'id'): ParameterDecorator {
  return Param(name, new IdPipe(kind));
}
