import { Param, type PipeTransform } from '@nestjs/common';
import { notFound } from '@weir/kernel';

/** Far more than anybody saves, and within the database's integers. */
const MAX = 1_000_000_000;

/** What is no number cannot name a version: the same 404 as for an unknown one. The global pipe has made a number of it. */
class VersionPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < MAX) return value;
    throw notFound('version', String(value).slice(0, 64));
  }
}

/** The number of a version in the path. */
export function VersionParam(name = 'number'): ParameterDecorator {
  return Param(name, new VersionPipe());
}
