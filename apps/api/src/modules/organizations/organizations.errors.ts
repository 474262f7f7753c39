import { AppError, invalidInput } from '@weir/kernel';

export function slugRefused(slug: string, problem: string): AppError {
  return invalidInput(`'${slug}' cannot be the slug of an organization: it ${problem}.`, [
    { pointer: '/slug', detail: problem },
  ]);
}

/** Also for a slug that another organization had: links to it must not lead to somebody else. */
export function slugTaken(slug: string): AppError {
  return new AppError({
    code: 'slug_taken',
    status: 409,
    title: 'Conflict',
    detail: `The slug '${slug}' is taken. Choose another one.`,
    errors: [{ pointer: '/slug', detail: 'belongs to an organization already' }],
  });
}
