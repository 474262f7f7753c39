#!/bin/sh
# Runs once, when the volume is new: the three roles and the two databases. The service's role owns nothing.
set -eu
password() { cat "/run/secrets/$1"; }
psql --set=ON_ERROR_STOP=1 --username postgres \
  --set=owner="$(password weir_owner_password)" \
  --set=app="$(password weir_app_password)" \
  --set=engine="$(password engine_database_password)" <<'SQL'
create role weir_owner login nosuperuser nobypassrls password :'owner';
create role weir_app login nosuperuser nobypassrls password :'app';
create role weir_engine login nosuperuser nobypassrls password :'engine';
create database weir owner weir_owner;
create database langflow owner weir_engine;
revoke connect on database weir, langflow from public;
grant connect on database weir to weir_app;
SQL
psql --set=ON_ERROR_STOP=1 --username postgres --dbname weir --command '
  revoke create on schema public from public;
  grant create, usage on schema public to weir_owner;'
