select p.id, p.name, p.description, p.icon, p.color, p.sort_order as "sortOrder", p.is_default as "isDefault",
  p.archived_at as "archivedAt", p.shared, p.created_at as "createdAt", p.updated_at as "updatedAt",
  (select count(*)::int from workflows w
    where w.organization_id = p.organization_id and w.project_id = p.id and w.deleted_at is null) as "workflowCount",
  (select count(*)::int from workflows w
    join conversations c on c.organization_id = w.organization_id and c.workflow_id = w.id
    where w.organization_id = p.organization_id and w.project_id = p.id and w.deleted_at is null
      and c.user_id = $2::uuid and c.deleted_at is null) as "conversationCount"
from projects p
where p.organization_id = $1::uuid and (p.user_id = $2::uuid or p.shared)
order by p.sort_order, p.id
limit $3
