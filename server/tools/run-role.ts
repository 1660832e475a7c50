import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type ClockSetting, clockText } from '../clock.ts'
import { NODE_ARGS } from '../supervisor/node-args.ts'

export type RoleProcess = { child: ChildProcess; kill9(): Promise<void>; stop(): Promise<void> }
export type RoleSettings = {
  databaseUrl: string
  ocppPort: number
  dataDir: string
  /** Of the web; the gateway needs none. */
  port?: number
  clock?: ClockSetting
  more?: Record<string, string>
}

/** The gateway or the web as the supervisor starts it: a process of its own, on loopback. Resolves when it serves. */
export async function runRole(
  role: 'gateway' | 'web',
  { databaseUrl, ocppPort, dataDir, port, clock, more }: RoleSettings,
): Promise<RoleProcess> {
  const { PATH, HOME } = process.env
  const child = fork(join(import.meta.dirname, '..', 'supervisor', 'run.ts'), [role], {
    execArgv: NODE_ARGS,
    env: {
      PATH,
      HOME,
      NODE_ENV: 'production',
      ROLE: role,
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      OCPP_PORT: String(ocppPort),
      DATA_DIR: dataDir,
      LOG_LEVEL: process.env.NIGHT_LOG ?? 'fatal',
      ...(port === undefined ? {} : { PORT: String(port) }),
      ...(clock ? { YARDWATT_CLOCK: clockText(clock) } : {}),
      ...more,
    },
  })
  const gone = once(child, 'exit')
  const [news] = (await Promise.race([once(child, 'message'), gone.then(() => [{ kind: 'failed', sentence: 'it ended' }])])) as [
    { kind: string; sentence?: string },
  ]
  if (news.kind !== 'ready') throw new Error(`the ${role} did not start: ${news.sentence}`)
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await gone
  }
  return { child, kill9: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}
