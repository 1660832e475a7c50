import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { isProblem, type Problem, problem } from '#lib/api/problem.ts'
import type { RecordedEvent } from '#lib/charging/event.ts'
import type { ChargerCall, Ctx as Whole } from '../runtime.ts'
import type { FeedLine, SeamVerb } from './protocol.ts'

type Ctx = Pick<Whole, 'log' | 'links' | 'feed' | 'recorded' | 'wakes'> & { env: Pick<Whole['env'], 'linkPath'> }
export type Verb = (input: unknown) => Promise<unknown>
export type LinkServer = {
  /** To be called when a charger's socket comes or goes. */
  connectionsChanged(): void
  close(): Promise<void>
}
export type LinkOffer = {
  /** The gateway's own verbs by name (`vehicleState`, `departure`, `command`, …); each parses its input. */
  verbs: Record<string, Verb>
  /** Ids of the chargers that hold a socket now. */
  online(): string[]
  /** Prometheus text; names begin with `yardwatt_gateway_`, no charger ids. */
  metrics(): Promise<string>
}

/** A web process that reads its feed this slowly is cut off: it reconnects and asks anew. */
const MOST_UNREAD_BYTES = 4_000_000

/** The list of who is online goes whole: when thousands come at once it is told this often (real ms), the last time after the last of them. */
const ONLINE_EVERY_MS = 100

/** The gateway's end of the link, at `ctx.env.linkPath`. */
export async function serveLink(ctx: Ctx, offer: LinkOffer): Promise<LinkServer> {
  const verbs: Record<string, Verb> = { ...offer.verbs, ...seams(ctx, offer) }
  const viewers = new Set<ServerResponse>()
  const tell = (line: FeedLine, to: Iterable<ServerResponse> = viewers) => {
    const said = `${JSON.stringify(line)}\n`
    for (const viewer of to) {
      viewer.write(said)
      if (viewer.writableLength > MOST_UNREAD_BYTES) viewer.destroy()
    }
  }
  const tellOnline = (to?: Iterable<ServerResponse>) => tell({ kind: 'online', chargerIds: offer.online() }, to)
  let resting: NodeJS.Timeout | undefined
  let changed = false
  const connectionsChanged = () => {
    if (viewers.size === 0) return
    changed = true
    if (resting) return
    changed = false
    tellOnline()
    resting = setTimeout(() => {
      resting = undefined
      if (changed) connectionsChanged()
    }, ONLINE_EVERY_MS)
    resting.unref()
  }
  /** By viewer: the depots that its browsers look at. */
  const watching = new Map<string, ReadonlySet<string>>()
  const watched = (depotId: string) => [...watching.values()].some((depots) => depots.has(depotId))
  const unsubscribe = ctx.feed.subscribe((event) => tell({ kind: 'event', event }), watched)
  verbs.watching = async (input) => {
    const { viewer, depotIds } = input as { viewer: string; depotIds: string[] }
    // its feed may not have arrived yet, or be gone: then it says so again
    const known = watching.has(viewer)
    if (known) watching.set(viewer, new Set(depotIds))
    return known
  }

  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://gateway')
    if (asked.pathname === '/feed') {
      const viewer = asked.searchParams.get('viewer') ?? ''
      watching.set(viewer, new Set(asked.searchParams.getAll('depot')))
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
      viewers.add(response)
      response.on('close', () => {
        viewers.delete(response)
        watching.delete(viewer)
      })
      tellOnline([response])
    } else void answer(ctx, verbs, request, response)
  })
  rmSync(ctx.env.linkPath, { force: true }) // left by a gateway that was killed
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(ctx.env.linkPath, done)
  })
  if (process.platform !== 'win32') chmodSync(ctx.env.linkPath, 0o600)
  return {
    connectionsChanged,
    async close() {
      clearTimeout(resting)
      unsubscribe()
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What raises no power. All else leaves by the gateway's verbs, which ask the envelope and write it down first. */
const RAISES_NOTHING: ReadonlySet<ChargerCall['kind']> = new Set(['remoteStop', 'trigger', 'getConfiguration', 'compositeLimit'])

/** `chargerCall` cannot carry `onSent`: what needs t4 runs in the gateway. */
const seams = ({ links, recorded, wakes }: Ctx, { metrics }: LinkOffer): Record<Exclude<SeamVerb, 'watching'>, Verb> => ({
  ping: async () => 'pong',
  metrics,
  chargerCall: async (input) => {
    const { chargerId, call, priority, deadlineMs } = input as {
      chargerId: string
      call: ChargerCall
      priority?: 'stop' | 'limit' | 'read'
      deadlineMs?: number
    }
    if (!RAISES_NOTHING.has(call.kind))
      throw problem('forbidden', 'What may raise power leaves by a verb of the gateway, which asks the envelope first.')
    return links.call(chargerId, call, { priority, deadlineMs })
  },
  dropCharger: async (input) => links.drop((input as { chargerId: string }).chargerId),
  recorded: async (input) => recorded.publish((input as { events: RecordedEvent[] }).events),
  replan: async (input) => {
    const { depotId, cause } = input as { depotId: string; cause: string }
    wakes.replan(depotId, cause)
  },
  reconcile: async (input) => wakes.reconcile((input as { chargerId: string }).chargerId),
  touched: async (input) => wakes.touched((input as { portId: string }).portId),
})

async function answer({ log }: Ctx, verbs: Record<string, Verb>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = /^\/verbs\/(\w+)$/.exec(request.url ?? '')?.[1] ?? ''
  try {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    const body = await text(request)
    if (!verb) return say(response, 404, { problem: { code: 'not-found', detail: `The gateway has no verb "${name}".` } })
    say(response, 200, { output: await verb(JSON.parse(body)) })
  } catch (error) {
    if (isProblem(error)) return say(response, 400, { problem: plain(error) })
    log.error({ err: error, verb: name }, `the gateway's verb ${name} failed`)
    say(response, 500, { problem: { code: 'internal', detail: 'The gateway met an error; its log says which.' } })
  }
}

const plain = ({ code, message, fields }: Problem) => ({ code, detail: message, fields })

function say(response: ServerResponse, status: number, body: object): void {
  if (!response.destroyed) response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
