import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client.ts'

/**
 * Prisma for ordinary reads and writes; the pool for batches (unnest, COPY) and streams; `pipelined` for transactions of many chargers, whose
 * connections send a statement without waiting for the answer to the one before. One PostgreSQL behind all.
 */
export type Database = { prisma: PrismaClient; pool: pg.Pool; pipelined: pg.Pool; close(): Promise<void> }
/** A transaction or the client itself: what store functions take. */
export type Db = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'>

/** Opens the database at `url`. `connections` bounds the pool; Prisma shares it. */
export function openDatabase(url: string, connections = 12): Database {
  // bigint columns that COPY, unnest and count() give back as text stay exact: Prisma maps its own
  const pool = calm(new pg.Pool({ connectionString: url, max: connections, application_name: 'yardwatt' }))
  const pipelined = calm(new pg.Pool({ connectionString: url, max: PIPELINED, application_name: 'yardwatt', pipeline: true }))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  return {
    prisma,
    pool,
    pipelined,
    async close() {
      await prisma.$disconnect()
      await Promise.all([pool.end(), pipelined.end()])
    },
  }
}

/** Two sets of starts and two of ends (server/charging/sets.ts). */
const PIPELINED = 4

function calm(pool: pg.Pool): pg.Pool {
  // a database that goes away must not end the process: the next query says so
  pool.on('error', () => {})
  // nor one that goes away under a connection which is held and asked nothing just now: the pool listens only to those that it has
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
