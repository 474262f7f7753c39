import { parseFlow, parseFlowFile, type FlowDocument } from '@weir/flow';
import { AppError, invalidInput, isJsonObject, type FieldError } from '@weir/kernel';
import { pointingInto } from './workflows.errors';

/** A flow that was read, and where in the request it stands. */
export interface LocatedFlow {
  readonly document: FlowDocument;
  /** JSON pointer to the flow data (`nodes`, `edges`). */
  readonly pointer: string;
}

/** One flow: flow data, or a whole Langflow export. */
export function readFlow(value: unknown, pointer: string): LocatedFlow {
  refuseForeignSettings([{ flow: value, pointer }]);
  const document = reading(pointer, () => parseFlow(value));
  return { document, pointer: flowDataPointer(value, pointer) };
}

/** A file with one flow, or with several as `{ flows: […] }` or `[…]`. */
export function readFlowFile(value: unknown, pointer: string): LocatedFlow[] {
  const places = placesOf(value, pointer);
  refuseForeignSettings(places);
  const documents = reading(pointer, () => parseFlowFile(value));
  const located = documents.map((document, index) => {
    const place = places[index] ?? { flow: value, pointer };
    return { document, pointer: flowDataPointer(place.flow, place.pointer), at: place.pointer };
  });
  refuseControlCharacters(located);
  return located;
}

interface Place {
  readonly flow: unknown;
  readonly pointer: string;
}

function placesOf(value: unknown, pointer: string): Place[] {
  const flows = isJsonObject(value) && 'flows' in value ? value['flows'] : value;
  if (!Array.isArray(flows)) return [{ flow: value, pointer }];
  const list = flows === value ? pointer : `${pointer}/flows`;
  return flows.map((flow: unknown, index) => ({ flow, pointer: `${list}/${index}` }));
}

/** As `parseFlow` tells an export from bare flow data. */
function flowDataPointer(value: unknown, pointer: string): string {
  const isExport = isJsonObject(value) && (isJsonObject(value['data']) || !('nodes' in value));
  return isExport ? `${pointer}/data` : pointer;
}

function reading<T>(pointer: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof AppError ? pointingInto(pointer, error) : error;
  }
}

/**
 * Most settings of a flow's former home are dropped in silence. These two ask for something that Weir never does, so a
 * sender who relies on them should learn it: a path that the engine would write to, and access for everybody.
 */
function refuseForeignSettings(places: readonly Place[]): void {
  const errors = places.flatMap(({ flow, pointer }) => {
    if (!isJsonObject(flow)) return [];
    return [...settingErrors(flow, pointer), ...settingErrors(flow['data'], `${pointer}/data`)];
  });
  if (errors.length === 0) return;
  throw invalidInput(
    `The flow asks for something that is not given here: ${errors[0]?.detail ?? ''}. Nothing was stored.`,
    errors.slice(0, 20),
  );
}

function settingErrors(settings: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(settings)) return [];
  const errors: FieldError[] = [];
  const { fs_path: path, access_type: access } = settings;
  if (path !== undefined && path !== null && path !== '') {
    errors.push({
      pointer: `${pointer}/fs_path`,
      detail: "fs_path names a file on the engine's disk; leave it out",
    });
  }
  if (typeof access === 'string' && access.toUpperCase() === 'PUBLIC') {
    errors.push({
      pointer: `${pointer}/access_type`,
      detail: 'access_type PUBLIC opens the flow to everybody; send PRIVATE or leave it out',
    });
  }
  return errors;
}

const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;

/** What a JSON body is asked by its fields, a file is asked here. */
function refuseControlCharacters(
  flows: readonly { readonly document: FlowDocument; readonly at: string }[],
): void {
  const detail = 'must not contain control characters';
  const errors = flows.flatMap(({ document, at }) => {
    const name = CONTROL_CHARACTERS.test(document.name) ? [{ pointer: `${at}/name`, detail }] : [];
    const tags = document.tags.some((tag) => CONTROL_CHARACTERS.test(tag))
      ? [{ pointer: `${at}/tags`, detail }]
      : [];
    return [...name, ...tags];
  });
  if (errors.length > 0)
    throw invalidInput(
      `A name or tag of the file holds control characters. Nothing was stored.`,
      errors.slice(0, 20),
    );
}
