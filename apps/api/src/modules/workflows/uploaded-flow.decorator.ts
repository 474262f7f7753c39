import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { strictValidation } from '@weir/http';
import { AppError, invalidInput } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';
import type { InlineSecrets } from './flow-preparation';
import { ImportFieldsDto } from './workflows.dto';

export interface UploadedFlow {
  readonly bytes: Buffer;
  readonly inlineSecrets: InlineSecrets;
}

const validation = strictValidation();

/** The part `file` of a multipart request, with the text parts beside it in any order. Size limits are the server's. */
export const UploadedFlowFile = createParamDecorator(
  async (_data: unknown, context: ExecutionContext): Promise<UploadedFlow> => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.isMultipart()) throw multipartWanted();
    const fields: Record<string, unknown> = {};
    let bytes: Buffer | null = null;
    for await (const part of request.parts()) {
      if (part.type === 'field') fields[part.fieldname] = part.value;
      else {
        const content = await part.toBuffer();
        if (part.fieldname === 'file') bytes = content;
      }
    }
    const { inlineSecrets = 'store' }: ImportFieldsDto = await validation.transform(fields, {
      type: 'body',
      metatype: ImportFieldsDto,
    });
    if (bytes === null) throw fileMissing();
    return { bytes, inlineSecrets };
  },
);

function multipartWanted(): AppError {
  return new AppError({
    code: 'unsupported_media_type',
    status: 415,
    title: 'Unsupported media type',
    detail:
      "Send multipart/form-data with the export as the part 'file'. JSON goes to POST /v1/projects/{id}/workflows.",
  });
}

function fileMissing(): AppError {
  return invalidInput("The request has no part 'file'. Send the export as a file of that name.", [
    { pointer: '/file', detail: 'is missing' },
  ]);
}
