import { AppError } from '@weir/kernel';

/**
 * The data key of a value that was just read is gone: a rotation moved the value to another key in between. Reading the row
 * again gives the moved value; after that it is a value that nothing can open.
 */
export class DataKeyGoneError extends AppError {
  constructor(dataKeyNumber: number) {
    super({
      code: 'decryption_failed',
      status: 500,
      title: 'Stored value unreadable',
      detail:
        'A stored value could not be decrypted. Store it again, or ask the operator of this installation.',
      cause: new Error(`There is no data key ${dataKeyNumber} of this owner`),
    });
    this.name = 'DataKeyGoneError';
  }
}
