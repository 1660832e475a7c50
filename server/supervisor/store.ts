import { join, relative } from 'node:path'
import type { Env } from '../env.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { reach } from '../store/reach.ts'

export type Store = { url: string; text: string; stop(): Promise<void> }

/**
 * The database of this run: the operator's, or one of our own in DATA_DIR that is watched and stopped with us.
 * @throws Error with one sentence that says what to do.
 */
export async function openStore(env: Env, told: (text: string) => void): Promise<Store> {
  if (env.databaseUrl) {
    const { host, pathname } = new URL(env.databaseUrl)
    return { url: env.databaseUrl, text: `${await reach(env.databaseUrl)} at ${host}${pathname}`, async stop() {} }
  }
  const home = join(env.dataDir, 'postgres')
  const server = await startPostgres(home)
  server.guard(told)
  const where = relative(process.cwd(), home)
  return { url: server.url, text: `${await reach(server.url)} in ${where}${server.reused ? ', still running' : ''}`, stop: server.stop }
}
