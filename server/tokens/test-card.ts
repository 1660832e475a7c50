import { getRuntime } from '../runtime.ts'
import { addToken } from './change-token.ts'

/** Adds a plain card of depot `d`, as the person Anna; `more` says what is special about it. */
export const addCard = (idTag: string, more: Partial<Parameters<typeof addToken>[2]> = {}) =>
  addToken(
    getRuntime(),
    { depotId: 'd', actor: 'user:anna' },
    {
      idTag,
      kind: 'rfid',
      status: 'accepted',
      expires: null,
      group: null,
      parentIdTag: null,
      vehicleId: null,
      driver: null,
      costCentre: null,
      ...more,
    },
  )
