import { days, type Instant, iso, minutes, plus, seconds } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import type { SimulatorConfig } from './config.ts'
import type { Depot, VehicleNow } from './depot.ts'
import { seeded } from './random.ts'
import type { Log } from './station.ts'

// A telematics vendor and a dispatcher, over the public API like anybody else.

type Settings = NonNullable<SimulatorConfig['telematics']>
const ANSWER_WITHIN_MS = 10_000

/** Pushes vehicle states in turn, and moves a departure now and then. Returns its end. */
export function startTelematics(depot: Depot, settings: Settings, clock: Clock, seed: number, log: Log): () => void {
  const random = seeded(seed, 'dispatcher')
  const stopping = new AbortController()
  const fleet = depot.vehicles().length
  let turn = 0
  let moveAt = nextMove(clock.now(), settings, random)

  async function put(path: string, body: object): Promise<boolean> {
    try {
      const response = await fetch(new URL(path, settings.url), {
        method: 'PUT',
        headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
      await response.arrayBuffer()
      if (!response.ok) log.warn({ path, status: response.status }, `telematics: ${path} was answered with ${response.status}`)
      return response.ok
    } catch (error) {
      if (!stopping.signal.aborted) log.debug({ path, error: String(error) }, `telematics: ${path} was not reached`)
      return false
    }
  }

  const tellState = (vehicle: VehicleNow) =>
    put(`/api/v1/vehicles/${encodeURIComponent(vehicle.id)}/state`, {
      at: iso(clock.now()),
      socPct: Math.round(vehicle.soc * 1000) / 10,
      odometerM: Math.round(vehicle.odometerM),
      pluggedIn: vehicle.isPlugged,
    })

  async function moveADeparture() {
    const now = clock.now()
    const candidates = depot.vehicles().filter((v) => v.departsAt !== undefined && v.departsAt > plus(now, minutes(150)))
    const vehicle = candidates[Math.floor(random() * candidates.length)]
    if (!vehicle?.departsAt) return
    const to = plus(vehicle.departsAt, -Math.round(minutes(20 + random() * 60)))
    const issuedAt = iso(clock.real())
    const moved = await put(`/api/v1/vehicles/${encodeURIComponent(vehicle.id)}/departure`, { departsAt: iso(to), issuedAt })
    if (moved && depot.moveDeparture(vehicle.id, to)) log.info({ vehicle: vehicle.id }, `the dispatcher moves ${vehicle.id} to ${iso(to)}`)
  }

  const told = new Map<string, string>()
  const cancel = clock.every(seconds(settings.everyS) / Math.max(1, fleet), () => {
    const vehicles = depot.vehicles()
    const next = vehicles[turn++ % Math.max(1, fleet)]
    for (const vehicle of vehicles) {
      // coming home, leaving and plugging in are told at once, as boxes in vehicles do
      const event = `${vehicle.isPlugged} ${vehicle.isAway}`
      const isNews = told.get(vehicle.id) !== event
      told.set(vehicle.id, event)
      if (isNews || vehicle === next) void tellState(vehicle)
    }
    if (clock.now() < moveAt) return
    moveAt = nextMove(clock.now(), settings, random)
    void moveADeparture()
  })
  return () => {
    cancel()
    stopping.abort()
  }
}

const nextMove = (now: Instant, { movesPerDay }: Settings, random: () => number): Instant =>
  movesPerDay > 0 ? plus(now, Math.round((days(1) / movesPerDay) * (0.5 + random()))) : (Number.POSITIVE_INFINITY as Instant)
