import { notFound } from '#lib/api/problem.ts'
import type { ActionRow } from '#lib/api/v1-charger.ts'
import { sendableActions } from '#lib/ocpp/actions16.ts'
import { CALL_WORDS, type CallGround } from '#lib/ocpp/call-words.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { whyNotCall } from '#lib/ocpp/why-not-call.ts'
import { leastSteps } from '#lib/planning/set-point.ts'
import { milliamps, powerAt, watts } from '#lib/units/units.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { schemaOf } from '../ocpp/schema16.ts'
import { readSite, type Site } from '../store/site.ts'
import { anyIdTag } from '../store/token.ts'
import { standingOf } from './standing.ts'

/** What can be called at a charger: each message with its schema, a payload to begin with, and why it cannot be called now. @throws Problem `not-found` */
export async function callableAt(
  gateway: Gateway,
  { depotId, chargerId }: { depotId: string; chargerId: string },
): Promise<{ actions: ActionRow[] }> {
  const site = await readSite(gateway.db.prisma, depotId)
  const charger = site?.chargers.find(({ id }) => id === chargerId)
  if (!site || !charger) throw notFound('charger', chargerId)
  const standing = await standingOf(gateway, site, charger)
  const ground = groundOf(gateway, site, chargerId, (await anyIdTag(gateway.db.prisma, depotId)) ?? '')
  return {
    actions: sendableActions.toSorted().map((action) => {
      const { about, example } = CALL_WORDS[action]
      return { action, about, whyNot: whyNotCall(action, standing) ?? null, schema: { ...schemaOf(action) }, example: example(ground) }
    }),
  }
}

function groundOf({ clock }: Gateway, site: Site, chargerId: string, idTag: string): CallGround {
  const charger = site.chargers.find(({ id }) => id === chargerId)!
  const own = site.ports.filter((port) => port.chargerId === chargerId)
  const sessionAt = (portId: string) => site.sessions.find((session) => session.portId === portId)
  const port = own.find(({ id }) => sessionAt(id)) ?? own[0]
  const quirks = readQuirks(charger.quirks)
  const circuit = {
    volts: port?.volts ?? 240,
    wiring: port?.wiring === 'L-L' ? 'L-L' : 'L-N',
    phases: (port?.phases ?? 1) as 1 | 2 | 3,
  } as const
  const stepMa = milliamps(1000)
  const leastA = leastSteps(watts(Math.max(port?.minW ?? 0, quirks.minW ?? 0)), stepMa, circuit)
  return {
    at: port?.number ?? 1,
    transactionId: port && sessionAt(port.id)?.id,
    quirks,
    leastA,
    leastW: powerAt(milliamps(leastA * 1000), circuit),
    idTag,
    listVersion: charger.localListVersion ?? 0,
    now: clock.now(),
  }
}
