import { connected } from './postgres/admin.ts'

const OLDEST = 15

/**
 * Makes sure that the database an operator named can be used.
 * @returns `PostgreSQL 18.4`
 * @throws Error with one sentence that says what to do; never the password.
 */
export async function reach(url: string): Promise<string> {
  const version = await connected(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]!.server_version
  }).catch((error) => {
    throw new Error(refusal(url, error))
  })
  if (Number.parseInt(version, 10) < OLDEST)
    throw new Error(`DATABASE_URL names a PostgreSQL ${version}: Yardwatt needs ${OLDEST} or newer.`)
  return `PostgreSQL ${version.split(' ')[0]}`
}

function refusal(url: string, error: { code?: string; message: string }): string {
  const { hostname, port, username, pathname } = new URL(url)
  const at = `${hostname}:${port || 5432}`
  const database = decodeURIComponent(pathname.slice(1)) || username
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `There is no host "${hostname}": correct DATABASE_URL, or remove it to use the embedded database.`
    case '28P01':
    case '28000':
      return `PostgreSQL at ${at} refuses user "${username}" with this password: correct DATABASE_URL.`
    case '3D000':
      return `PostgreSQL at ${at} has no database "${database}": create it with CREATE DATABASE, or correct DATABASE_URL.`
    case '42501':
      return `PostgreSQL at ${at} does not let user "${username}" use database "${database}": grant it, or correct DATABASE_URL.`
    case 'ECONNREFUSED':
      return `No PostgreSQL answers at ${at}: start it, correct DATABASE_URL, or remove it to use the embedded database.`
    default:
      return `PostgreSQL at ${at} cannot be used (${error.message || error.code}): correct DATABASE_URL.`
  }
}
