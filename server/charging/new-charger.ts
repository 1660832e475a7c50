import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { addCharger } from '#lib/api/charger.ts'
import { problem } from '#lib/api/problem.ts'
import { authorizationKeyOf, whyNotKey } from '#lib/ocpp/charger-key.ts'
import { amperes, type Circuit, kilowatts, powerAt } from '#lib/units/units.ts'
import { hashChargerKey, newChargerKey } from '#server/ocpp/key.ts'
import type { ChargerRows } from '#server/store/add-site.ts'

export type ChargerInput = z.output<NonNullable<(typeof addCharger)['input']>>

/** A key given by the caller, or a new one, with the hash that is stored. @throws Problem `invalid` for one that does not meet the rules */
export function keyFor(identity: string, given: string | undefined): { key: string; keyHash: string } {
  if (given === undefined) return newChargerKey()
  const why = whyNotKey(given, identity)
  if (why !== undefined) throw problem('invalid', `key: ${why}`, { key: why })
  // in the form in which AuthorizationKey is told, so that it opens whether the charger sends the text, the digits or the bytes
  return { key: given, keyHash: hashChargerKey(authorizationKeyOf(given) ?? given) }
}

/** Powers of a port from what a person knows of it. @throws Problem `invalid` when its least current is more than its most power */
export function portPowers({ maxKw, minA, volts, wiring, phases }: Pick<ChargerInput, 'maxKw' | 'minA' | 'volts' | 'wiring' | 'phases'>) {
  const circuit: Circuit = { volts, wiring, phases }
  const maxW = kilowatts(maxKw)
  const minW = powerAt(amperes(minA), circuit)
  if (minW > maxW)
    throw problem('invalid', `maxKw: ${minA} A are already ${minW / 1000} kW here.`, { maxKw: 'Less than the least current gives.' })
  return { maxW, minW, phases, volts, wiring }
}

/** "7/8" names both bays of two ports, "7" makes them "7-1" and "7-2". */
function bayNames(bay: string, ports: number): string[] {
  if (ports === 1) return [bay]
  const named = bay.split('/').map((each) => each.trim())
  return named.length === ports && named.every((each) => each !== '') ? named : Array.from({ length: ports }, (_, i) => `${bay}-${i + 1}`)
}

/** A charger as rows, with its key in plain for the one who added it. @throws Problem `invalid` */
export function newCharger(
  depotId: string,
  input: ChargerInput & { bays?: string[] },
  registration: string,
): { rows: ChargerRows; key: string } {
  const { identity, name, nodeId, ports, bay, group, pinnedProtocol, registeredSerial, lenient, standard } = input
  const powers = portPowers(input)
  const { key, keyHash } = keyFor(identity, input.key)
  const bays = input.bays ?? bayNames(bay, ports)
  return {
    key,
    rows: {
      charger: {
        id: randomUUID(),
        depotId,
        nodeId,
        identity,
        name,
        // its ports together, until a person knows that they share less
        maxW: powers.maxW * bays.length,
        keyHash,
        registration,
        groupName: group || null,
        pinnedProtocol: pinnedProtocol ?? null,
        registeredSerial: registeredSerial || null,
        lenient: lenient ?? true,
      },
      ports: bays.map((each, i) => ({ id: randomUUID(), number: i + 1, bay: each, ...powers })),
      standard,
    },
  }
}
