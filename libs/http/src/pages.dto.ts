import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { IntQuery, TextField } from './fields';

export const MAX_PAGE = 100;

/** The paging part of every list's query. */
export class PageQuery {
  @IntQuery({ about: 'Rows a page.', min: 1, max: MAX_PAGE, default: 20, example: 20, optional: true })
  readonly limit: number = 20;

  @TextField({ about: '`nextCursor` of the page before.', max: 512, optional: true })
  readonly cursor?: string;
}

/** Documents `{ data, nextCursor }` of a view. */
export function ApiPage(view: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(view),
    ApiOkResponse({
      description: 'One page, in the order of the list.',
      schema: {
        type: 'object',
        required: ['data', 'nextCursor'],
        additionalProperties: false,
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(view) } },
          nextCursor: {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest's types know OpenAPI 3.0 only
            type: ['string', 'null'] as unknown as 'string',
            description: 'Pass as `cursor`; null on the last page.',
          },
        },
      },
    }),
  );
}
