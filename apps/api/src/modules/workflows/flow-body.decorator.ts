import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { strictValidation } from '@weir/http';
import { isJsonObject } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';

const validation = strictValidation();

/**
 * A JSON body with `flowData` in it, validated as `dto`. The flow itself goes around the validator, which would copy it
 * object by object and recurse as deep as the sender likes; `readFlow` checks it instead.
 */
export const FlowBody = createParamDecorator(
  async (dto: Type<object>, context: ExecutionContext): Promise<object> => {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    const flowData = isJsonObject(body) ? body['flowData'] : undefined;
    const checked = isJsonObject(body) && isJsonObject(flowData) ? { ...body, flowData: {} } : (body ?? {});
    const input: object = await validation.transform(checked, { type: 'body', metatype: dto });
    return isJsonObject(flowData) ? Object.assign(input, { flowData }) : input;
  },
);
