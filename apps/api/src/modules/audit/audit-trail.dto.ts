import { DateField, IntQuery, PageQuery, TextField, UuidField } from '@weir/http';
import type { AuditRange } from './audit-export.service';
import type { AuditSearch } from './audit-trail.service';
import { notAMoment } from './audit.errors';

const LONGEST = 200;
/** Further than any trail goes; numbers stay exact in JSON. */
const LAST_SEQUENCE = 999_999_999_999_999;

export class AuditListQuery extends PageQuery {
  @UuidField({ about: 'Who did it.', optional: true }) readonly actorId?: string;
  @TextField({ about: 'What was done.', max: LONGEST, optional: true, example: 'project.updated' })
  readonly action?: string;
  @TextField({ about: 'The kind of object.', max: LONGEST, optional: true, example: 'project' })
  readonly objectType?: string;
  @TextField({
    about: 'What it was done to.',
    max: LONGEST,
    optional: true,
    example: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10',
  })
  readonly objectId?: string;
  @DateField({ about: 'Not before this moment.', optional: true }) readonly from?: string;
  @DateField({ about: 'Before this moment.', optional: true }) readonly to?: string;
}

export class AuditExportQuery {
  @IntQuery({
    about: 'Number of the first event.',
    min: 1,
    max: LAST_SEQUENCE,
    default: 1,
    optional: true,
    example: 1,
  })
  readonly from: number = 1;

  @IntQuery({
    about: 'Number of the last event; without it, all that there are.',
    min: 1,
    max: LAST_SEQUENCE,
    optional: true,
    example: 10_000,
  })
  readonly to?: number;
}

/** @throws AppError 422 for what is ISO 8601 but no moment that a database knows */
export function toAuditSearch(query: AuditListQuery): AuditSearch {
  const { limit, cursor, actorId, action, objectType, objectId } = query;
  const [from, to] = [toMoment('from', query.from), toMoment('to', query.to)];
  return { limit, cursor, actorId, action, objectType, objectId, from, to };
}

function toMoment(name: 'from' | 'to', text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (/^[12]\d{3}-/.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw notAMoment(name);
}

export function toAuditRange({ from, to }: AuditExportQuery): AuditRange {
  return { from, to };
}
