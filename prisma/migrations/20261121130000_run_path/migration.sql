-- A condition that a statement stands on. Where it does not hold, the statement fails and takes its transaction along, so
-- that statements which leave together with their COMMIT can still depend on what they find.
create function assert_that(condition boolean, what text) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if condition is not true then
    raise exception using errcode = 'WR001', message = what;
  end if;
  return true;
end
$$;
revoke all on function assert_that(boolean, text) from public;
grant execute on function assert_that(boolean, text) to weir_app;

-- The end of a run names its row by key and by `state = 'running'`. The old index covered exactly those rows, looked smaller
-- than the key to the planner, and was scanned as a whole, with every run that had ended since the last vacuum.
drop index runs_leased;
create index runs_leased on runs (lease_until) where lease_until is not null;
