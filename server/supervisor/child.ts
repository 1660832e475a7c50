import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { NODE_ARGS } from './node-args.ts'

export type Role = 'gateway' | 'web' | 'chargers'
/** What a child says over its IPC channel. */
export type News = { kind: 'ready'; text?: string } | { kind: 'progress'; text: string } | { kind: 'failed'; sentence: string }

export type Child = {
  /** Resolves with what the child says when it first serves. Rejects when it fails before that. */
  ready: Promise<string>
  /** Ends the present process politely; the next one starts at once. */
  restart(): void
  /** SIGTERM, and SIGKILL to one that does not go in time. */
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const STEADY_MS = 30_000
const STOP_MS = 8_000

/**
 * Keeps one process running: starts `server/supervisor/run.ts <role>`, and starts it again when it dies,
 * a little later each time until it has lived for half a minute.
 */
export function keep(
  role: Role,
  env: NodeJS.ProcessEnv,
  log: number | 'inherit',
  told: (text: string) => void,
  leaving: AbortSignal,
): Child {
  let child: ChildProcess
  let stopping = false
  let served = false
  let pause = FIRST_PAUSE_MS
  let again: NodeJS.Timeout | undefined
  const ready = Promise.withResolvers<string>()

  const start = () => {
    const began = performance.now()
    let sentence: string | undefined
    child = fork(join(import.meta.dirname, 'run.ts'), [role], {
      env,
      execPath: process.execPath,
      execArgv: NODE_ARGS,
      stdio: ['ignore', log, log, 'ipc'],
    })
    child.on('message', (news: News) => {
      if (news.kind === 'failed') sentence = news.sentence
      if (news.kind === 'progress') told(news.text)
      if (news.kind !== 'ready') return
      if (served) told('is back')
      served = true
      ready.resolve(news.text ?? 'ready')
    })
    child.on('error', (error) => {
      sentence = error.message
    })
    child.on('exit', (code, signal) => {
      // a signal to the whole process group ends it before we ask it to
      if (stopping || leaving.aborted) return
      if (!served)
        return ready.reject(
          new Error(sentence ?? `The ${role} process ended (${signal ?? `code ${code}`}) before it served; its log says why.`),
        )
      if (performance.now() - began > STEADY_MS) pause = FIRST_PAUSE_MS
      told(`ended (${sentence ?? signal ?? `code ${code}`}); starting it again`)
      again = setTimeout(start, pause)
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
    })
  }
  start()

  return {
    ready: ready.promise,
    restart: () => void child.kill('SIGTERM'),
    async stop() {
      stopping = true
      clearTimeout(again)
      await ended(child)
    },
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.once('exit', () => {
      clearTimeout(force)
      done()
    })
    child.kill('SIGTERM')
  })
}
