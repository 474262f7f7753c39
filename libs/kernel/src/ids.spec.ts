import { isUuid, newId } from './ids';

describe('newId', () => {
  it('makes UUIDs that sort by creation', () => {
    const ids = Array.from({ length: 100 }, newId);
    expect(ids.every(isUuid)).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
  });
});
