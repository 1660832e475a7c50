import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type ProblemCode, problem } from '#lib/api/problem.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import type { ChargerAnswer, Ctx, Feed, Links, Recorded, Wakes } from '../runtime.ts'
import { type FeedLine, feedLine, type SeamVerb } from './protocol.ts'

export type Link = Pick<Ctx, 'links' | 'feed' | 'recorded' | 'wakes'> & {
  /**
   * Runs a verb in the gateway.
   * @throws Problem: the verb's own, or `unavailable` while the gateway does not answer.
   */
  call(verb: string, input: unknown): Promise<unknown>
  close(): Promise<void>
}

/** Longer than any charger may take for an answer. */
const CALL_MS = 90_000
const RETRY_MS = 250
/** A feed that was asked for a moment ago may not have arrived yet. */
const TOLD_TRIES = 20
const TOLD_AGAIN_MS = 10

/** A verb that answers nothing says `{}`: JSON has no `undefined`. */
const answered = z.union([
  z.object({ problem: z.object({ code: z.string(), detail: z.string(), fields: z.record(z.string(), z.string()).optional() }) }),
  z.strictObject({ output: z.unknown().optional() }),
])

/** The web process's end of the link. It survives restarts of the gateway: calls are refused meanwhile, the feed comes back. */
export function openLink({ env, log }: { env: Pick<Ctx['env'], 'linkPath'>; log: Ctx['log'] }): Link {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const stop = new AbortController()
  const listeners = new Set<(event: LiveEvent) => void>()
  let online = new Set<string>()

  const call = (verb: string, input: unknown) => post(agent, env.linkPath, verb, input)
  const wake = (verb: SeamVerb, input: unknown) =>
    // a lost wake costs a minute at most: the gateway looks at everything once a minute
    void call(verb, input).catch((error) => log.warn({ verb, reason: (error as Error).message }, 'the gateway was not woken'))
  const publish = (event: LiveEvent) => {
    for (const listener of listeners) listener(event)
  }
  /** How many browsers look at each depot. A viewer that comes back is another one: the end of the old one may be noticed later. */
  const watched = new Map<string, number>()
  let viewer = ''
  const feedPath = () => {
    viewer = randomUUID()
    return `/feed?${new URLSearchParams([['viewer', viewer], ...[...watched.keys()].map((depotId) => ['depot', depotId])])}`
  }
  const tellWatched = async () => {
    const told = viewer
    // without a gateway nothing happens, and when it is back the feed's path tells it
    for (let tries = 0; tries < TOLD_TRIES && told === viewer; tries++) {
      const known = await call('watching' satisfies SeamVerb, { viewer, depotIds: [...watched.keys()] }).catch(() => true)
      if (known) return
      await pause(TOLD_AGAIN_MS)
    }
  }
  const following = follow(env.linkPath, feedPath, stop.signal, {
    line(said) {
      const line = parsed(said)
      if (line === undefined) log.error({ said: said.slice(0, 200) }, 'the gateway said something the web does not know')
      else if (line.kind === 'online') online = new Set(line.chargerIds)
      else publish(line.event)
    },
    lost() {
      online = new Set()
    },
  })

  const links: Links = {
    call: async (chargerId, what, { priority, deadlineMs } = {}) =>
      (await call('chargerCall' satisfies SeamVerb, { chargerId, call: what, priority, deadlineMs })) as ChargerAnswer,
    online: (chargerId) => online.has(chargerId),
    drop: (chargerId) => wake('dropCharger', { chargerId }),
  }
  const feed: Feed = {
    publish,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async watch(depotId) {
      const before = watched.get(depotId) ?? 0
      watched.set(depotId, before + 1)
      await tellWatched()
      let over = false
      return () => {
        if (over) return
        over = true
        const left = (watched.get(depotId) ?? 1) - 1
        if (left > 0) return void watched.set(depotId, left)
        watched.delete(depotId)
        void tellWatched()
      }
    },
  }
  const recorded: Recorded = {
    publish: (events) => wake('recorded', { events }),
    subscribe: () => () => {}, // what follows a commit happens in the gateway
  }
  const wakes: Wakes = {
    replan: (depotId, cause) => wake('replan', { depotId, cause }),
    reconcile: (chargerId) => wake('reconcile', { chargerId }),
    touched: (portId) => wake('touched', { portId }),
  }
  return {
    call,
    links,
    feed,
    recorded,
    wakes,
    async close() {
      stop.abort()
      agent.destroy()
      await following
    },
  }
}

function parsed(said: string): FeedLine | undefined {
  try {
    return feedLine.parse(JSON.parse(said))
  } catch {
    return undefined
  }
}

async function post(agent: Agent, socketPath: string, verb: string, input: unknown): Promise<unknown> {
  const said = await new Promise<string>((done, failed) => {
    const sent = request({ agent, socketPath, path: `/verbs/${verb}`, method: 'POST', timeout: CALL_MS }, (response) =>
      text(response).then(done, failed),
    )
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
    sent.on('error', failed)
    sent.end(JSON.stringify(input ?? null))
  }).catch((error) => {
    throw problem('unavailable', `The gateway does not answer (${(error as Error).message}): try again in a few seconds.`)
  })
  const answer = answered.parse(JSON.parse(said))
  if ('problem' in answer) throw problem(answer.problem.code as ProblemCode, answer.problem.detail, answer.problem.fields)
  return answer.output
}

/** Reads the feed, and connects again whenever it ends. */
async function follow(
  socketPath: string,
  path: () => string,
  signal: AbortSignal,
  on: { line(said: string): void; lost(): void },
): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((ended) => {
      const asked = request({ socketPath, path: path(), signal }, (response) => {
        const lines = createInterface({ input: response }).on('line', on.line)
        for (const stream of [lines, response]) stream.on('error', () => ended()) // the gateway went
        response.on('close', ended)
      })
      asked.on('error', () => ended())
      asked.end()
    })
    on.lost()
    await pause(RETRY_MS, undefined, { signal }).catch(() => {})
  }
}
