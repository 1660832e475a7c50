import { classify } from '#lib/kpi/classify.ts'
import { powered, sawOnce } from '#lib/kpi/observe.ts'
import { promiseAfter, wantedAt } from '#lib/kpi/promise.ts'
import { days, type Instant, seconds } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { type RequestMark, type RequestRow, requestsToClose, saveSeen, type Watched } from '../store/kpi.ts'

/** So many share a transaction: what chargers tell of these attempts waits for it. */
const AT_ONCE = 250
const MOST = 10_000
/** A class may still change by energy that comes late. */
const STILL_WATCHED = days(1)

/**
 * Says how each open attempt came out so far (docs/kpis.md, availability): looks at what surrounds it now (connection, plan, port, vehicle), writes
 * that down as evidence, and classes what can be classed. An attempt that the plan deferred stays open until its promise is kept or
 * broken; key figures count it as a success meanwhile. @returns the depots whose figures changed.
 */
export async function closeRequests(ctx: Pick<Ctx, 'db' | 'clock'>, leaveRoom = async () => {}): Promise<string[]> {
  const depots = new Set<string>()
  let mark: RequestMark | undefined
  for (let looked = 0; looked < MOST; looked += AT_ONCE) {
    await leaveRoom()
    const page = await closePage(ctx, mark)
    for (const depotId of page.changed) depots.add(depotId)
    mark = page.last
    if (!mark) break
  }
  return [...depots]
}

/** @returns the depots whose figures changed, and where the page ended if there may be more. */
function closePage({ db, clock }: Pick<Ctx, 'db' | 'clock'>, mark: RequestMark | undefined) {
  const now = clock.now()
  return db.prisma.$transaction(
    async (tx) => {
      const page = await requestsToClose(tx, (now - STILL_WATCHED) as Instant, mark, AT_ONCE)
      const changed = page.flatMap((watched) => {
        const before = rowOf(watched)
        const after = closed(surroundings(watched, before, now), watched.slaS, now)
        return JSON.stringify(after) === JSON.stringify(before) ? [] : [after]
      })
      await saveSeen(tx, changed)
      return { changed: changed.map(({ depotId }) => depotId), last: page.length < AT_ONCE ? undefined : page.at(-1) }
    },
    { timeout: 30_000, maxWait: 10_000 },
  )
}

function closed(request: RequestRow, slaS: number, now: Instant): RequestRow {
  const { poweredAt, promisedAt, endedAt } = request
  const classed = classify(request, now, seconds(slaS))
  // the promise may still be broken
  const deferred = classed?.outcome === 'STARTED_IN_SLA' && poweredAt === null && promisedAt !== null && endedAt === null
  // so may a start be by a stop within its first minute
  const fresh = poweredAt !== null && endedAt === null && now - poweredAt < seconds(60)
  return { ...request, outcome: deferred || fresh ? null : (classed?.outcome ?? null), stageFailed: classed?.stageFailed ?? null }
}

/** What can be seen around the attempt now, as evidence. Only while it waits for energy. */
function surroundings(watched: Watched, request: RequestRow, now: Instant): RequestRow {
  let seen = request
  if (watched.firstPowerAt !== null && seen.acceptedAt !== null) return powered(seen, watched.firstPowerAt)
  if (seen.poweredAt !== null || seen.endedAt !== null) return seen
  seen = plannedWait(watched, seen, now)
  const waits = seen.askedAt !== null && now > (seen.promisedAt ?? seen.requestedAt) + seconds(watched.slaS)
  if (!waits) return seen
  if (watched.offlineSince !== null)
    seen = sawOnce(seen, { at: watched.offlineSince, kind: 'offline', text: `${watched.chargerName ?? 'Charger'} is not connected` })
  if (watched.portStatus === 'faulted')
    seen = sawOnce(seen, { at: now, kind: 'fault', text: `Port faulted · ${watched.portErrorCode ?? 'no code'}` })
  if (watched.outOfUse !== null && seen.acceptedAt === null)
    seen = sawOnce(seen, { at: now, kind: 'noPort', text: `Port out of use: ${watched.outOfUse}` })
  return seen
}

/** The plan gives 0 now: it deferred the start and promises a time, or holds the vehicle at 0 without one. */
function plannedWait({ wanted, vehicleFull, slaS }: Watched, request: RequestRow, now: Instant): RequestRow {
  if (wanted === null || request.acceptedAt === null || wantedAt(wanted, now) > 0) return request
  // a plan that was made again before its promise came due may move it; afterwards it is kept or broken
  if (request.promisedAt !== null && now >= request.promisedAt)
    return sawOnce(request, { at: now, kind: 'held', text: 'The plan gives 0 kW after its own promise' })
  const promisedAt = promiseAfter(wanted, now)
  if (promisedAt !== null) return { ...request, promisedAt }
  // the first plan after a start may still be under way
  if (now <= request.requestedAt + seconds(slaS)) return request
  if (vehicleFull) return sawOnce(request, { at: now, kind: 'vehicle', text: 'The vehicle has the charge it needs' })
  return request.promisedAt !== null
    ? request
    : sawOnce(request, { at: now, kind: 'held', text: 'The plan gives 0 kW and promises no time' })
}

const rowOf = ({
  slaS: _,
  chargerName: _1,
  offlineSince: _2,
  outOfUse: _3,
  portStatus: _4,
  portErrorCode: _5,
  wanted: _6,
  vehicleFull: _7,
  sessionOpen: _8,
  firstPowerAt: _9,
  ...row
}: Watched): RequestRow => row

/** Looks every 10 s of depot time, never twice at once and at most once a real second. @returns stops it. */
export function startClosingRequests(ctx: Pick<Ctx, 'db' | 'clock' | 'feed' | 'log'>, leaveRoom?: () => Promise<void>): () => void {
  let busy = false
  let lastAt = Number.NEGATIVE_INFINITY
  return ctx.clock.every(seconds(10), () => {
    if (busy || ctx.clock.monotonic() - lastAt < 1000) return
    busy = true
    lastAt = ctx.clock.monotonic()
    closeRequests(ctx, leaveRoom)
      .then((depots) => {
        for (const depotId of depots) ctx.feed.publish({ kind: 'changed', depotId, what: 'kpis' })
      })
      .catch((error: unknown) => ctx.log.error({ error }, 'charge requests could not be classed; tried again in 10 s'))
      .finally(() => {
        busy = false
      })
  })
}
