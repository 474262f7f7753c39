import { AppError } from '@weir/kernel';

export function emailTaken(): AppError {
  return new AppError({
    code: 'email_taken',
    status: 409,
    title: 'Address in use',
    detail: 'An account with this e-mail address exists already. Sign in instead.',
    errors: [{ pointer: '/email', detail: 'belongs to an account already' }],
  });
}
