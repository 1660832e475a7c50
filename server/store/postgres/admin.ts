import pg from 'pg'

// Commands to a PostgreSQL server as a whole, each on a connection of its own.

/** `url` with another database in it. */
export const withDatabase = (url: string, database: string): string => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

/** Runs `work` on one connection and closes it. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a lost connection shows in the query that needed it
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** True when the server accepts us and, if asked, serves the data directory `data`. */
export async function ping(url: string, data?: string): Promise<boolean> {
  try {
    const row = await connected(url, async (client) => (await client.query<{ data_directory: string }>('SHOW data_directory')).rows[0])
    return data === undefined || row?.data_directory === data
  } catch {
    return false
  }
}

/** Makes a database unless it exists; `template` is copied, which takes about a tenth of a second. */
export async function createDatabase(url: string, name: string, template?: string): Promise<void> {
  await connected(url, async (client) => {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (known.rowCount) return
    const from = template ? ` TEMPLATE ${pg.escapeIdentifier(template)}` : ''
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${from}`)
  })
}

export async function dropDatabase(url: string, name: string): Promise<void> {
  await connected(url, (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`))
}

/** Names of the databases that begin with `prefix`. */
export const databases = (url: string, prefix: string): Promise<string[]> =>
  connected(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [prefix])
    return rows.map((row) => row.datname)
  })
