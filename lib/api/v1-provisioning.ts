import { z } from 'zod'
import { addCharger } from './charger.ts'
import { contract } from './contract.ts'
import { chargerChange, newKeyInput, newKeyOutput, portsInput, registrationInput, registrationOutput, retireInput } from './provisioning.ts'
import { done } from './words.ts'

// Chargers for other systems: made, changed, retired, and their keys. `:charger` is our id or the identity in the charger's URL.

const one = z.object({ charger: z.string().min(1).max(200) })

export const createCharger = contract({
  method: 'POST',
  path: '/api/v1/chargers',
  scope: 'chargers:write',
  summary: 'A new charger with its ports. Its key is in this answer and nowhere else.',
  input: addCharger.input!.extend({ depotId: z.string() }),
  output: z.object({ id: z.string(), identity: z.string(), key: z.string(), url: z.string(), refusal: z.string().nullable() }),
})

export const putCharger = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger',
  scope: 'chargers:write',
  summary: 'Changes facts of a charger; what is left out stays.',
  params: one,
  input: chargerChange,
  output: done,
})

export const deleteCharger = contract({
  method: 'DELETE',
  path: '/api/v1/chargers/:charger',
  scope: 'chargers:write',
  summary: 'Retires a charger: its key is destroyed, its books stay. Refused while a session is open, unless `force`.',
  params: one,
  input: retireInput,
  output: done,
})

export const putChargerPorts = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger/ports',
  scope: 'chargers:write',
  summary: 'All ports of a charger as they shall be.',
  params: one,
  input: portsInput,
  output: done,
})

export const postCredentials = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/credentials',
  scope: 'chargers:write',
  summary: 'A new key, made here or given: at once, or told to the charger first (`rotate`).',
  params: one,
  input: newKeyInput,
  output: newKeyOutput,
})

export const putRegistration = contract({
  method: 'PUT',
  path: '/api/v1/chargers/:charger/registration',
  scope: 'chargers:write',
  summary: 'Accepts a charger, lets it wait for approval, or rejects it.',
  params: one,
  input: registrationInput,
  output: registrationOutput,
})
