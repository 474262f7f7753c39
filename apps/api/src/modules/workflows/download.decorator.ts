import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Makes the answer a file to save. A function, because the name is known only after the work. */
export type SetDownload = (name: string) => void;

export const ReplyDownload = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SetDownload => {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return (name) => void reply.header('content-disposition', contentDisposition(`${name}.json`));
  },
);

/**
 * RFC 6266: a plain name for old clients and the full one in UTF-8 for the others. Characters that mean something to a
 * file system or to the header become `_`.
 */
export function contentDisposition(fileName: string): string {
  const safe = fileName.replaceAll(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '_').replace(/^\.+/, '_');
  const plain = safe.replaceAll(/[^\x20-\x7e]/g, '_').replaceAll('%', '_');
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
