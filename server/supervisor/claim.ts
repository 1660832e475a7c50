import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Env, socketPath } from '../env.ts'

export type Claim = { release(): void }

/** After `kill -9` of a supervisor its children need a moment to notice and to free their ports. */
const LEFT_OVER_WAIT_MS = 10_000

/**
 * Makes sure that nobody else runs in this DATA_DIR and that our ports are free, before anything is started.
 * A supervisor that is about to go (`leaving`) is waited for.
 * @throws Error with one sentence that says what to do.
 */
export async function claim(env: Env, leaving: () => boolean): Promise<Claim> {
  const path = socketPath(env.dataDir, `supervisor-${env.role}`)
  let found = await look(path)
  for (let waited = 0; found === 'leaving' && waited < 2 * LEFT_OVER_WAIT_MS; waited += 100) {
    await pause(100)
    found = await look(path)
  }
  if (found === 'lives' || found === 'leaving')
    throw new Error(
      `Yardwatt is already running in ${env.dataDir}: stop it first, or give this one a DATA_DIR, PORT and OCPP_PORT of its own.`,
    )
  if (found === 'died') rmSync(path, { force: true })
  const ports: [string, number][] = []
  if (env.role !== 'gateway') ports.push(['PORT', env.port])
  if (env.role !== 'web') ports.push(['OCPP_PORT', env.ocppPort])
  if (env.role !== 'web' && env.ocppTlsPort !== undefined) ports.push(['OCPP_TLS_PORT', env.ocppTlsPort])
  for (const [name, port] of ports) await freed(name, env.host, port, found === 'died' ? LEFT_OVER_WAIT_MS : 0)
  const held = await hold(path, leaving)
  return { release: () => held.close() }
}

/** What the supervisor behind this socket says of itself. A socket file that nobody answers was left by one that was killed. */
const look = (path: string): Promise<'lives' | 'leaving' | 'died' | 'none'> =>
  new Promise((done) => {
    const socket = connect(path)
    socket.setTimeout(2_000, () => done('lives'))
    socket.once('data', (word) => done(word.toString() === 'leaving' ? 'leaving' : 'lives'))
    socket.once('close', () => done('died')) // went while we asked
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ENOENT' ? 'none' : 'died'))
  })

const hold = (path: string, leaving: () => boolean): Promise<Server> =>
  new Promise((done, failed) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}) // whoever asked may be gone
      socket.end(leaving() ? 'leaving' : 'lives')
    })
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(new Error(`DATA_DIR cannot hold the socket ${path} (${error.code}): choose another directory.`)),
    )
    server.listen(path, () => done(server))
    server.unref()
  })

async function freed(name: string, host: string, port: number, waitMs: number): Promise<void> {
  for (let waited = 0; ; waited += 100) {
    const code = await tryListen(host, port)
    if (code === undefined) return
    if (code !== 'EADDRINUSE' || waited >= waitMs) throw new Error(refusal(code, name, host, port))
    await pause(100)
  }
}

const tryListen = (host: string, port: number): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'EUNKNOWN'))
    server.listen(port, host, () => server.close(() => done(undefined)))
  })

/** Why we cannot listen there, and what to do. */
export function refusal(code: string, name: string, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program: stop that one, or choose another port with ${name}=${port + 1} npm start.`
  if (code === 'EACCES') return `This user may not listen on port ${port}: choose one above 1023 with ${name}=${port + 8000} npm start.`
  return `Cannot listen on ${host}:${port} (${code}): set HOST to an address of this machine.`
}
