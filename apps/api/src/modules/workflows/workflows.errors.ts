import { AppError, conflict, invalidInput, type FieldError } from '@weir/kernel';
import type { Finding, LiftedSecret } from '@weir/flow';

export function workflowNameTaken(name: string): AppError {
  return new AppError({
    code: 'workflow_name_taken',
    status: 409,
    title: 'Conflict',
    detail: `The project already has a workflow named '${name}'. Choose another name or another project.`,
    errors: [{ pointer: '/name', detail: 'is the name of another workflow of the project' }],
  });
}

/** Of another workflow of the organization, which the caller need not be able to see. */
export function workflowSlugTaken(slug: string): AppError {
  return new AppError({
    code: 'workflow_slug_taken',
    status: 409,
    title: 'Conflict',
    detail: `The organization already has a workflow with the slug '${slug}'. Choose another slug.`,
    errors: [{ pointer: '/slug', detail: 'is the slug of another workflow of the organization' }],
  });
}

export function workflowArchived(name: string): AppError {
  return conflict(
    'workflow_archived',
    `Workflow '${name}' is archived. Restore it before you run it: PATCH {"archived": false}.`,
  );
}

/** The ETag that the client sent is not the one that the workflow has. */
export function changedInBetween(name: string): AppError {
  return new AppError({
    code: 'precondition_failed',
    status: 412,
    title: 'Changed in between',
    detail: `Workflow '${name}' was changed since you read it. Read it again and repeat your change.`,
  });
}

/** Without If-Match the last writer wins, unless writers come faster than a version can be made. */
export function tooManyWriters(name: string): AppError {
  return conflict(
    'workflow_busy',
    `Workflow '${name}' is being changed by several requests at once. Try again.`,
  );
}

export function flowNotRunnable(name: string, version: number): AppError {
  return new AppError({
    code: 'flow_not_runnable',
    status: 422,
    title: 'Not runnable',
    detail: `Version ${version} of workflow '${name}' has no output, so a run would have nothing to answer with. Add a Chat Output.`,
  });
}

/** The policy of a shared engine: what can harm others does not get there. */
export function flowBlocked(name: string, version: number, findings: readonly Finding[]): AppError {
  const blocking = findings.filter(({ severity }) => severity === 'block');
  return new AppError({
    code: 'flow_blocked',
    status: 422,
    title: 'Not allowed on a shared engine',
    detail: `Version ${version} of workflow '${name}' must not run on the shared engine: ${blocking[0]?.detail ?? ''} Remove what 'findings' lists.`,
    extensions: { findings: blocking },
  });
}

/** With `inlineSecrets: reject`: says where, never what. */
export function inlineSecretsRefused(secrets: readonly (LiftedSecret & { readonly at: string })[]): AppError {
  return new AppError({
    code: 'inline_secrets',
    status: 422,
    title: 'The flow holds secrets',
    detail: `The flow holds ${secrets.length} secret value(s). Take them out, or send inlineSecrets: store or discard. Nothing was stored.`,
    errors: secrets.slice(0, 20).map(({ at, component, field }) => ({
      pointer: at,
      detail: `holds a secret value: field '${field}' of ${component}`,
    })),
  });
}

export function withoutOutput(pointers: readonly string[]): AppError {
  return invalidInput(
    'The flow has no Chat Output, so a run would have nothing to answer with. Add one and connect it. Nothing was stored.',
    pointers.map((pointer) => ({ pointer, detail: 'has no Chat Output or other output component' })),
  );
}

export function unknownStarter(id: string, known: readonly string[]): AppError {
  return invalidInput(`There is no starter '${id}'. GET /v1/starters lists them.`, [
    { pointer: '/starter', detail: `is none of ${known.join(', ')}` },
  ]);
}

export function twoOrigins(): AppError {
  return invalidInput("Send either 'flowData' or 'starter', or neither for an empty workflow.", [
    { pointer: '/starter', detail: 'cannot stand beside flowData' },
  ]);
}

export function refusedFile(pointer: string, detail: string): AppError {
  return invalidInput(`The file cannot be imported: it ${detail}. Nothing was stored.`, [
    { pointer, detail },
  ]);
}

/** The same error, with its pointers into the flow turned into pointers into the request. */
export function pointingInto(pointer: string, error: AppError): AppError {
  const errors = error.errors?.map((place): FieldError => ({
    ...place,
    pointer: `${pointer}${place.pointer}`,
  }));
  const { code, status, title, detail, cause } = error;
  return new AppError({ code, status, title, detail, cause, ...(errors === undefined ? {} : { errors }) });
}
