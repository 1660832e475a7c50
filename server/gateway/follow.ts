import type { RecordedEvent } from '#lib/charging/event.ts'
import { mayWipe } from '#lib/charging/firmware-progress.ts'
import type { makePlugAndGo } from '../charging/plug-and-go.ts'
import { makeSocEstimates } from '../fleet/estimate-soc.ts'
import type { makeTouch } from '../live/touch.ts'
import { settleCuts } from '../planning/settle-cuts.ts'
import type { Ctx } from '../runtime.ts'
import { depotsHeld } from '../store/site.ts'
import type { Gateway } from './gateway.ts'
import { makeGathering } from './gathering.ts'
import type { Tasks } from './tasks.ts'

type Rooms = Pick<Gateway, 'commands' | 'lists' | 'reservations' | 'obedience' | 'sweepStopped'> & {
  touch: ReturnType<typeof makeTouch>
  plugAndGo: ReturnType<typeof makePlugAndGo>
  /** Of a charger: none when it is not known. */
  portsOf(chargerId: string): Promise<string[]>
  connectionsChanged(): void
}

/** What follows a recorded event, in every room: begins with the first event that is recorded from now on. */
export function followEvents(ctx: Ctx, rooms: Rooms, tasks: Tasks): void {
  const { commands, lists, reservations, obedience, plugAndGo, touch } = rooms
  const asking = askingRooms()

  ctx.recorded.subscribe((events) => {
    commands.recorded(events)
    lists.recorded(events)
    plugAndGo.recorded(events)
    for (const { what, kinds, hear } of asking) {
      const heard = events.filter(({ kind }) => kinds.has(kind))
      const work = heard.length > 0 ? hear(heard) : undefined
      if (work) void tasks.run(what, work)
    }
    for (const event of events) follow(event)
  })

  /** Rooms that ask the database about what they hear. */
  function askingRooms() {
    const room = (what: string, kinds: RecordedEvent['kind'][], hears: (events: RecordedEvent[]) => Promise<unknown>) => ({
      what,
      kinds: new Set(kinds),
      hear: makeGathering(hears),
    })
    return [
      room('following reservations', ['connected', 'status'], reservations.recorded),
      room('watching obedience', ['metered', 'stopped'], obedience.recorded),
      room('settling cuts', ['metered'], (events) => settleCuts(ctx, events)),
      room('estimating states of charge', ['metered', 'stopped'], makeSocEstimates(ctx)),
      room('stopping what may not start', ['started'], stopWhatMayNotStart),
    ]
  }

  /** Whoever begins under a stop, or at a port that is out of use, is told so; each depot waits for its own chargers. */
  async function stopWhatMayNotStart(events: RecordedEvent[]): Promise<void> {
    const depots = [...new Set(events.map(({ depotId }) => depotId))]
    const held = events.filter((event) => event.kind === 'started' && event.flags.includes('heldPort')).map(({ depotId }) => depotId)
    for (const depotId of new Set([...held, ...(await depotsHeld(ctx.db.prisma, depots))]))
      void tasks.run('stopping what may not start', rooms.sweepStopped(depotId))
  }

  function follow(event: RecordedEvent): void {
    if (event.portId !== undefined) touch.heard(event.portId)
    const changed = (what: 'chargers' | 'sessions' | 'alerts') =>
      ctx.feed.publish({ kind: 'changed', depotId: event.depotId, what, ...(what === 'chargers' && { id: event.chargerId }) })
    switch (event.kind) {
      case 'connected':
      case 'disconnected':
        rooms.connectionsChanged()
        void tasks.run('showing a charger', showCharger(event.chargerId))
        changed('chargers')
        if (event.kind === 'disconnected') ctx.wakes.replan(event.depotId, 'a charger went offline')
        break
      case 'firmware':
        // the charger may have lost its limits
        if (event.moved !== undefined && mayWipe(event.moved)) ctx.wakes.reconcile(event.chargerId)
        changed('chargers')
        changed('alerts')
        break
      case 'booted':
      case 'logSent':
        changed('chargers')
        break
      case 'started':
      case 'stopped':
        changed('sessions')
        break
      default:
        break
    }
  }

  async function showCharger(chargerId: string): Promise<void> {
    for (const portId of await rooms.portsOf(chargerId)) touch.touched(portId)
  }
}
