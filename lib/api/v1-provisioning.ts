import { z } from 'zod'
import { addCharger } from './charger.ts'
import { contract } from './contract.ts'
import {
  chargerChange,
  newKeyInput,
  newKeyOutput,
  portsInput,
  registrationInput,
  registrationOutput,
  restoreInput,
} from './provisioning.ts'
import { done } from './words.ts'

// Chargers for other systems: made, changed, retired, restored, and their keys. `:charger` is our id or the identity in the charger's URL.
// Bodies are strict here as under all of /api/v1: what a program misspells must not look done (server/http/every-door.test.ts).

const one = z.object({ charger: z.string().min(1).max(200) })

export const createCharger = contract({
  method: 'POST',
  path: '/api/v1/chargers',
  scope: 'chargers:write',
  summary: 'A new charger with its ports. Its key is in this answer and nowhere else.',
  input: addCharger.input!.extend({ depotId: z.string() }).strict(),
  output: z.object({ id: z.string(), identity: z.string(), key: z.string(), url: z.string(), refusal: z.string().nullable() }),
})

export const putCharger = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger',
  scope: 'chargers:write',
  summary: 'Changes facts of a charger; what is left out stays.',
  params: one,
  input: chargerChange.strict(),
  output: done,
})

export const deleteCharger = contract({
  method: 'DELETE',
  path: '/api/v1/chargers/:charger',
  scope: 'chargers:write',
  summary:
    'Retires a charger: its key is destroyed, its books stay. Refused while a session is open, unless `force`, in the address or in a body.',
  params: one,
  input: z.strictObject({ force: z.union([z.boolean(), z.stringbool()], 'Write true or false.').default(false) }),
  output: done,
})

export const restoreRetired = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/restore',
  scope: 'chargers:write',
  summary: 'Takes a retired charger into service again. Its new key, made here or given, is in this answer and nowhere else.',
  params: one,
  input: restoreInput.strict(),
  output: newKeyOutput,
})

export const putChargerPorts = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger/ports',
  scope: 'chargers:write',
  summary: 'All ports of a charger as they shall be.',
  params: one,
  input: portsInput.strict(),
  output: done,
})

export const postCredentials = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/credentials',
  scope: 'chargers:write',
  summary: 'A new key, made here or given: at once, or told to the charger first (`rotate`).',
  params: one,
  input: newKeyInput.strict(),
  output: newKeyOutput,
})

export const putRegistration = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger/registration',
  scope: 'chargers:write',
  summary: 'Accepts a charger, lets it wait for approval, or rejects it.',
  params: one,
  input: registrationInput.strict(),
  output: registrationOutput,
})
