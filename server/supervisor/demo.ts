import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { demoStartTime, demoZone } from '../demo/depot.ts'
import { prepareDemo as prepare } from '../demo/prepare.ts'
import { demoPassword, signIns } from '../demo/sign-ins.ts'
import type { Env } from '../env.ts'
import { openDatabase } from '../store/database.ts'
import type { News } from './child.ts'
import { NODE_ARGS } from './node-args.ts'

/** Where and when the demo's first evening begins. */
export const DEMO_START = { zone: demoZone, time: demoStartTime }

const PATIENCE_MS = 1_000

/** Writes the demo depot at the first start, and what lies ahead of it at each. */
export async function prepareDemo(url: string, clock: Clock, env: Env): Promise<string> {
  const db = openDatabase(url, 4)
  try {
    return await prepare({ db, clock }, env)
  } finally {
    await db.close()
  }
}

/** Fills the week before the first start in a process of its own; it ends by itself, or by the returned function. */
export function startHistory(env: NodeJS.ProcessEnv, log: number | 'inherit', told: (text: string) => void): () => Promise<void> {
  const child = fork(join(import.meta.dirname, '../demo/fill-history.ts'), {
    env,
    execPath: process.execPath,
    execArgv: NODE_ARGS,
    stdio: ['ignore', log, log, 'ipc'],
  })
  child.on('message', (news: News) => {
    if (news.kind === 'progress') told(news.text)
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return async () => {
    child.kill('SIGTERM')
    // it works a day through before it listens; a day that is cut off is made anew by the next start
    const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    await ended
    clearTimeout(force)
  }
}

/** Who may sign in, for the person at the terminal. */
export const signInText = (): string => `Sign in as ${signIns.map(({ email }) => email).join(', ')} with the password ${demoPassword}`
