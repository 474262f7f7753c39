import type { DestinationStream } from 'pino';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';
import { toEscape } from './scrub-line';

/** Turns JSON lines into lines for people: time, level, event, message, then the other fields, then the stack. */
export function prettyLines(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(prettyLine(line)) };
}

function prettyLine(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (!isJsonObject(parsed)) return line;
  const { time, level, event, msg, err, ...fields } = parsed;
  const head = [clockTime(time), plain(level).toUpperCase().padEnd(5), plain(event), plain(msg)];
  const rest = Object.entries(fields).map(([name, value]) => `${plain(name)}=${plain(value)}`);
  const error = isJsonObject(err) ? `\n${prettyError(err)}` : '';
  return `${[...head, ...rest].filter((part) => part !== '').join(' ')}${error}\n`;
}

function clockTime(time: unknown): string {
  return typeof time === 'string' ? time.slice(11, 23) : '';
}

function prettyError(err: JsonObject): string {
  const { type, message, code, stack, cause } = err;
  const head = `  ${plain(type)}${code === undefined ? '' : ` ${plain(code)}`}: ${plain(message)}`;
  const frames = typeof stack === 'string' ? `\n${stack.split('\n').map(escapeControls).join('\n')}` : '';
  return `${head}${frames}${isJsonObject(cause) ? `\n${prettyError(cause)}` : ''}`;
}

function plain(value: unknown): string {
  if (value === undefined) return '';
  return escapeControls(typeof value === 'string' ? value : JSON.stringify(value));
}

/** JSON protected the terminal until here; parsed text must be escaped again, or a field could forge a line. */
function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, toEscape);
}
