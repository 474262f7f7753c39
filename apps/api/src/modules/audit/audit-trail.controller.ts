import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { AuditExportService } from './audit-export.service';
import { AuditExportQuery, AuditListQuery, toAuditRange, toAuditSearch } from './audit-trail.dto';
import { AuditTrailService } from './audit-trail.service';
import { AuditEventView, toAuditEventView } from './audit-trail.view';

@ApiTags('Audit')
@ApiBearerAuth()
@Controller('v1/audit')
export class AuditTrailController {
  constructor(
    private readonly trail: AuditTrailService,
    private readonly exports: AuditExportService,
  ) {}

  @Get()
  @Requires('audit:read')
  @ApiOperation({
    summary: 'List what was done',
    description: 'In your organization, by whomever; newest first. For its owners and admins.',
  })
  @ApiPage(AuditEventView)
  async list(@CurrentActor() actor: Actor, @Query() query: AuditListQuery): Promise<Page<AuditEventView>> {
    const { data, nextCursor } = await this.trail.list(actor, toAuditSearch(query));
    return { data: data.map(toAuditEventView), nextCursor };
  }

  @Get('export')
  @Requires('audit:read')
  @ApiOperation({
    summary: 'Export the audit trail',
    description:
      'Every event of your organization in the order of its chain, with the hashes and signatures by which `weir audit verify` finds offline whether anything was altered, dropped, inserted, moved or cut off.',
  })
  @ApiOkResponse({
    description: 'One JSON object a line: a header, events with their hashes, checkpoints, and the end.',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  async export(@CurrentActor() actor: Actor, @Query() query: AuditExportQuery): Promise<StreamableFile> {
    const lines = await this.exports.open(actor, toAuditRange(query));
    return new StreamableFile(Readable.from(lines, { objectMode: false }), {
      type: 'application/x-ndjson; charset=utf-8',
      disposition: 'attachment; filename="audit.jsonl"',
    });
  }
}
