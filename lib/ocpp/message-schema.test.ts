import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sendableActions } from './actions16.ts'
import { CALL_WORDS } from './call-words.ts'
import { type MessageSchema, problemsIn, resolved } from './message-schema.ts'
import { quirks } from './quirks.ts'

// Our words for what is wrong say "nothing" exactly where the strict schemas of the library find nothing.

const require = createRequire(import.meta.url)
const schemas: (MessageSchema & { $id: string })[] = require('ocpp-rpc/lib/schemas/ocpp1_6.json')
const library: { createValidator(name: string, schemas: object): { validate(id: string, payload: unknown): boolean } } = require('ocpp-rpc')
const validator = library.createValidator('ocpp1.6', schemas)
const schemaOf = (action: string) => schemas.find(({ $id }) => $id === `urn:${action}.req`)!
const strict = (action: string, payload: unknown): boolean => {
  try {
    return validator.validate(`urn:${action}.req`, payload)
  } catch {
    return false
  }
}

/** Values that follow a schema, and now and then do not. */
function payloadOf(given: MessageSchema, root: MessageSchema): fc.Arbitrary<unknown> {
  const schema = resolved(given, root)
  const wrong = fc.constantFrom<unknown>(null, 'x', 1.55, -3, true, [], {}, 'y'.repeat(600), '2026-11-23T18:00:00Z', '2026-02-30')
  return fc.oneof({ weight: 12, arbitrary: right(schema, root) }, { weight: 1, arbitrary: wrong })
}
function right(schema: MessageSchema, root: MessageSchema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'object': {
      const fields = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, each]) => [name, payloadOf(each, root)]))
      const extra = { surplus: fc.constantFrom(1, 'x') }
      return fc.oneof(
        { weight: 9, arbitrary: fc.record(fields, { requiredKeys: schema.required ?? [] }) },
        { weight: 1, arbitrary: fc.record({ ...fields, ...extra }, { requiredKeys: [] }) },
      )
    }
    case 'array':
      return fc.array(payloadOf(schema.items ?? {}, root), { maxLength: 2 })
    case 'integer':
      return fc.integer({ min: -5, max: 1000 })
    case 'number':
      return fc.integer({ min: -5, max: 1000 }).map((tenths) => tenths / 10)
    default:
      if (schema.enum) return fc.constantFrom(...schema.enum)
      if (schema.format === 'date-time') return fc.constant('2026-11-23T18:00:00.000Z')
      if (schema.format === 'uri') return fc.constant('https://files.example.com/a')
      return fc.string({ maxLength: 24 })
  }
}

describe('what is wrong with a payload', () => {
  test.each(sendableActions.map((action) => [action]))(
    '%s: nothing for us where the strict schema finds nothing, and the other way round',
    (action) => {
      const schema = schemaOf(action)
      fc.assert(
        fc.property(payloadOf(schema, schema), (payload) => {
          expect([Object.keys(problemsIn(schema, payload)).length === 0, payload]).toEqual([strict(action, payload), payload])
        }),
        { numRuns: 150, seed: 30 },
      )
    },
  )

  test('each wrong field has its path and a sentence', () => {
    const payload = {
      connectorId: 1.5,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'Max',
        chargingProfileKind: 'Absolute',
        validTo: 'tomorrow',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6.05 }, { limit: 6 }] },
      },
    }
    expect(problemsIn(schemaOf('SetChargingProfile'), payload)).toEqual({
      connectorId: 'This is a whole number.',
      'csChargingProfiles.chargingProfilePurpose': 'This is one of ChargePointMaxProfile, TxDefaultProfile, TxProfile.',
      'csChargingProfiles.validTo': 'This is a moment such as 2026-11-23T18:00:00Z.',
      'csChargingProfiles.chargingSchedule.chargingSchedulePeriod.0.limit': 'This is a number in steps of 0.1.',
      'csChargingProfiles.chargingSchedule.chargingSchedulePeriod.1.startPeriod': 'This field is required.',
    })
    expect(problemsIn(schemaOf('ClearCache'), [])).toEqual({ payload: 'This is an object of named fields.' })
  })

  test('what a form begins with is right for each message', () => {
    const ground = {
      at: 1,
      quirks: quirks.parse({}),
      leastA: 6,
      leastW: 1440,
      idTag: 'CARD1',
      listVersion: 0,
      now: 1_795_464_000_000 as never,
    }
    for (const action of sendableActions)
      for (const transactionId of [undefined, 7])
        expect([action, problemsIn(schemaOf(action), CALL_WORDS[action].example({ ...ground, transactionId }))]).toEqual([action, {}])
  })
})
