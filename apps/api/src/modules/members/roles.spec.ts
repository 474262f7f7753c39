import { ROLES, type Role } from '@weir/kernel';
import { outranks } from './roles';

describe('Roles', () => {
  it('stand in one order of power, owners first (F28)', () => {
    const below = (role: Role): Role[] => ROLES.filter((other) => outranks(role, other));
    expect(below('owner')).toEqual(['admin', 'builder', 'operator', 'viewer']);
    expect(below('admin')).toEqual(['builder', 'operator', 'viewer']);
    expect(below('viewer')).toEqual([]);
  });

  it('do not outrank themselves', () => {
    expect(ROLES.filter((role) => outranks(role, role))).toEqual([]);
  });
});
