// Processes of the bench: started, asked, ended; and what CPU they used.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_ARGS } from '../supervisor/node-args.ts'

export type Part = {
  /** Sends `order` and resolves with the next message. @throws when the process ends or says `{ error }`. */
  ask<Answer>(order: unknown): Promise<Answer>
  end(signal?: 'SIGKILL'): Promise<void>
}

/** Starts `server/bench/<file>` as the supervisor starts its children; resolves with its first message, if it speaks first. */
export async function start<Hello>(
  file: string,
  args: string[],
  env: Record<string, string>,
  speaks: boolean,
): Promise<Part & { hello: Hello }> {
  const child = fork(join(import.meta.dirname, file), args, { env: { ...process.env, ...env }, execArgv: NODE_ARGS })
  const hello = speaks ? await heard<Hello>(child) : (undefined as Hello)
  return {
    hello,
    ask(order) {
      const answer = heard<never>(child)
      child.send(order as object)
      return answer
    },
    async end(signal) {
      if (!child.connected) return
      if (signal) child.kill(signal)
      else child.send('close')
      const killer = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await once(child, 'exit')
      clearTimeout(killer)
    },
  }
}

const heard = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((done, failed) => {
    const ended = (code: number | null) => failed(new Error(`a process of the bench ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (answer: Answer & { error?: string }) => {
      child.off('exit', ended)
      if (typeof answer === 'object' && answer !== null && answer.error) failed(new Error(answer.error))
      else done(answer)
    })
  })

/** CPU of a PostgreSQL server and of all its backends so far, in µs (Linux; a clock tick is 10 ms); undefined elsewhere. */
export function postgresCpuUs(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = statOf(name)
    if (!stat) continue
    if (stat[1] === String(pid)) ticks += Number(stat[11]) + Number(stat[12])
    else if (name === String(pid)) ticks += Number(stat[11]) + Number(stat[12]) + Number(stat[13]) + Number(stat[14])
  }
  return ticks * 10_000
}

/** Fields of /proc/<pid>/stat after the command, from the state on. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
