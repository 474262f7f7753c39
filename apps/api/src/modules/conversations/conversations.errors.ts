import { AppError } from '@weir/kernel';

export function feedbackNotAllowed(messageId: string): AppError {
  return new AppError({
    code: 'feedback_not_allowed',
    status: 422,
    title: 'No feedback on this message',
    detail: `Message '${messageId}' is your own. Give feedback on the assistant's answers.`,
  });
}

export function editNotAllowed(messageId: string): AppError {
  return new AppError({
    code: 'edit_not_allowed',
    status: 422,
    title: 'Message cannot be edited',
    detail: `Message '${messageId}' is the assistant's. Only your own messages can be edited.`,
  });
}
