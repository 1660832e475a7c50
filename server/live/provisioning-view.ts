import { notFound } from '#lib/api/problem.ts'
import type { ChargerPort, Provisioning, Registration, RotationState } from '#lib/api/provisioning.ts'
import { quirksFrom } from '#lib/ocpp/configuration16.ts'
import { instant } from '#lib/time/instant.ts'
import { currentFor, watts } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { holdersOf } from '#server/store/add-site.ts'
import { nodeRows } from '#server/store/charger-view.ts'
import { type ProvisionedCharger, plainIdentity, provisionedCharger } from '#server/store/provisioning.ts'

/** What a person sets of a charger, and how far its key's rotation is. @throws Problem `not-found` */
export async function provisioningView(ctx: Pick<Ctx, 'db'>, depotId: string, chargerId: string): Promise<Provisioning> {
  const charger = await provisionedCharger(ctx.db.prisma, depotId, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const [nodes, whyNotRestore] = await Promise.all([nodeRows(ctx.db, depotId), restorable(ctx, charger)])
  const at = (date: Date | null) => (date ? instant(date) : null)
  const [open] = charger.open
  return {
    id: charger.id,
    identity: plainIdentity(charger.identity),
    name: charger.name,
    nodeId: charger.nodeId,
    nodes,
    group: charger.groupName,
    maxW: charger.maxW,
    pinnedProtocol: charger.pinnedProtocol,
    registeredSerial: charger.registeredSerial,
    serial: charger.serial,
    meter: { type: charger.meterType, serial: charger.meterSerial },
    sim: { iccid: charger.iccid, imsi: charger.imsi },
    lenient: charger.lenient,
    bentTimes: Number(charger.bentTimes),
    registration: charger.registration as Registration,
    retryS: charger.registrationRetryS,
    refusedTimes: Number(charger.refusedTimes),
    online: charger.connectedAt !== null,
    keyIssuedAt: at(charger.keyIssuedAt),
    hasKey: charger.keyHash !== null,
    rotation: rotationView(charger),
    retiredAt: at(charger.retiredAt),
    whyNotRetire: charger.retiredAt ? 'It is retired.' : open ? `A session is open at ${open.port.bay}.` : null,
    whyNotRestore,
    ports: charger.ports.map((port) => portView(port, charger)),
    toldConnectors: toldConnectors(charger),
  }
}

function portView(port: ProvisionedCharger['ports'][number], { open }: ProvisionedCharger): ChargerPort {
  const { id, number, bay, maxW, minW, phases, volts, wiring, lines, connectors } = port
  const circuit = { volts, wiring: wiring === 'L-N' ? 'L-N' : 'L-L', phases: phases as 1 | 2 | 3 } as const
  return {
    id,
    number,
    bay,
    maxW,
    minA: Math.round(currentFor(watts(minW), circuit) / 100) / 10,
    phases,
    volts,
    wiring: circuit.wiring,
    lines,
    connectors: connectors.map(({ number: each, standard }) => ({ number: each, standard })),
    inUse: open.some(({ portId }) => portId === id),
  }
}

/** NumberOfConnectors of its last configuration. */
function toldConnectors({ configuration }: ProvisionedCharger): number | null {
  if (!Array.isArray(configuration)) return null
  return quirksFrom(configuration as Parameters<typeof quirksFrom>[0], {}).connectors ?? null
}

async function restorable({ db }: Pick<Ctx, 'db'>, { id, identity, retiredAt }: ProvisionedCharger): Promise<string | null> {
  if (retiredAt === null) return 'It is in service.'
  const [holder] = await holdersOf(db.prisma, [plainIdentity(identity)])
  return holder && holder.id !== id && holder.retiredAt === null ? `${holder.name} has its identity now. Retire that one first.` : null
}

type Rotating = Pick<ProvisionedCharger, 'rotationState' | 'rotationAt' | 'rotationDetail' | 'nextKeyHash' | 'connectedAt' | 'keyIssuedAt'>

/** How far the rotation of a key is, in a sentence; null: none was begun since the last plain new key. */
export function rotationView(charger: Rotating): Provisioning['rotation'] {
  const { rotationState, rotationAt, rotationDetail, nextKeyHash, connectedAt } = charger
  if (rotationState === null || rotationAt === null) return null
  const open = nextKeyHash !== null
  const ended = rotationState === 'refused' || rotationState === 'cancelled'
  // the door makes the next key the key, and nothing more
  const state: RotationState = open || ended ? (rotationState as RotationState) : 'done'
  const cameBack = connectedAt !== null && connectedAt > rotationAt
  return { state, at: instant(rotationAt), open, detail: sentence(state, cameBack, rotationDetail) }
}

function sentence(state: RotationState, cameBack: boolean, detail: string | null): string {
  const both = 'Both keys open until the new one is used.'
  switch (state) {
    case 'written':
      return `The new key is written down and was not sent yet, or nobody knows. ${both}`
    case 'sent':
      return `It is being told the new key. ${both}`
    case 'taken':
      return cameBack
        ? `It took the new key, and came back with the old one: it may need a restart. ${both}`
        : `It took the new key, and is to come back with it. ${both}`
    case 'restart':
      return `It took the new key, and uses it after its next restart. ${both}`
    case 'unsure':
      return `It did not say whether it took the new key${detail ? ` (${detail})` : ''}. ${both}`
    case 'refused':
      return detail === 'offline'
        ? 'It could not be told, since it went offline or an earlier call still waited: the old key stays.'
        : `It refused the new key (${detail}): the old key stays.`
    case 'cancelled':
      return 'The new key was given up: the old key stays.'
    case 'done':
      return 'It came back with the new key: the old one opens nothing any more.'
  }
}
