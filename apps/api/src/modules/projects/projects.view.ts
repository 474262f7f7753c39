import { BoolField, DateField, IntField, TextField, UuidField } from '@weir/http';
import type { ProjectRow } from './projects.repository';

const MANY = 2_147_483_647;

export class ProjectView {
  @UuidField() readonly id!: string;
  @TextField({ max: 200, example: 'Customer support' }) readonly name!: string;
  @TextField({ max: 2000, nullable: true, example: 'Answers for the help desk' }) readonly description!:
    string | null;
  @TextField({ max: 64, nullable: true, example: 'headset' }) readonly icon!: string | null;
  @TextField({ max: 7, nullable: true, example: '#2563eb' }) readonly color!: string | null;
  @IntField({ about: 'Lists come in this order.', min: 0, max: MANY, example: 0 })
  readonly sortOrder!: number;
  @BoolField({ about: 'Your default project: it cannot be archived or deleted.' })
  readonly isDefault!: boolean;
  @BoolField({ example: false }) readonly archived!: boolean;
  @IntField({ about: 'Workflows in it, archived ones included.', min: 0, max: MANY, example: 3 })
  readonly workflowCount!: number;
  @IntField({ about: 'Your conversations with its workflows.', min: 0, max: MANY, example: 12 })
  readonly conversationCount!: number;
  @DateField() readonly createdAt!: string;
  @DateField() readonly updatedAt!: string;
}

export function toProjectView(row: ProjectRow): ProjectView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    icon: row.icon,
    color: row.color,
    sortOrder: row.sortOrder,
    isDefault: row.isDefault,
    archived: row.archivedAt !== null,
    workflowCount: row.workflowCount,
    conversationCount: row.conversationCount,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
