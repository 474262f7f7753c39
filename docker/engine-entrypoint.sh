#!/bin/sh
# Langflow reads secrets from its environment only; compose hands them over as files. NAME_FILE becomes NAME.
set -eu
for name in LANGFLOW_DATABASE_URL LANGFLOW_SECRET_KEY LANGFLOW_SUPERUSER_PASSWORD; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    export "$name=$(cat "$file")"
    unset "${name}_FILE"
  fi
done
exec "$@"
