import { AppError, conflict } from '@weir/kernel';

export function projectNameTaken(name: string): AppError {
  return new AppError({
    code: 'project_name_taken',
    status: 409,
    title: 'Conflict',
    detail: `You already have a project named '${name}'. Choose another name.`,
    errors: [{ pointer: '/name', detail: 'is the name of another project of yours' }],
  });
}

/** Every person keeps one place where workflows can always go. */
export function defaultProjectProtected(name: string, deed: 'archived' | 'deleted'): AppError {
  return conflict('default_project_protected', `'${name}' is your default project and cannot be ${deed}.`);
}

export function projectArchived(name: string): AppError {
  return conflict(
    'project_archived',
    `Project '${name}' is archived. Restore it first, or choose another project.`,
  );
}

export function projectNotEmpty(name: string, workflows: number): AppError {
  const holds = workflows === 1 ? '1 workflow' : `${workflows} workflows`;
  return conflict(
    'project_not_empty',
    `Project '${name}' holds ${holds}. Say what becomes of them: ?workflows=move moves them to your default ` +
      'project, ?workflows=archive moves them there archived.',
    { workflows },
  );
}
