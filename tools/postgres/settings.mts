/** Nothing but loopback TCP; nothing in the log that a tenant typed. */
const ALWAYS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // Statements and the DETAIL of errors quote rows: e-mail addresses, names, flows.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** A database that lives for one test run may lose what it likes. */
const NOT_DURABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

export interface ServerSettings {
  readonly port: number;
  readonly durable: boolean;
  readonly further: Readonly<Record<string, string>>;
}

/** The command line of `postgres`. */
export function serverFlags({ port, durable, further }: ServerSettings): readonly string[] {
  const settings = { ...ALWAYS, ...(durable ? {} : NOT_DURABLE), ...further, port: String(port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
