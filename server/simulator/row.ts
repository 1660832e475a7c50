import type { z } from 'zod'
import type { Payload } from './frame.ts'
import type { Answer } from './link.ts'
import type { Station } from './station.ts'

/** One message of the central system, answered. */
export type Row = (station: Station, payload: Payload) => Answer

/** A row that reads its payload first; a payload of the wrong form is answered with a CALLERROR (OCPP-J §4.2.3). */
export const row =
  <T>(schema: z.ZodType<T>, answer: (station: Station, request: T) => Answer): Row =>
  (station, payload) => {
    const parsed = schema.safeParse(payload)
    if (!parsed.success) return { kind: 'error', code: 'FormationViolation', description: parsed.error.issues[0]?.message ?? '' }
    return answer(station, parsed.data)
  }

/** `after` is done after the answer has left. */
export const say = (status: string, after?: () => void): Answer => ({ kind: 'result', payload: { status }, after })
export const give = (payload: Payload): Answer => ({ kind: 'result', payload })
export const NOT_SUPPORTED: Row = () => ({ kind: 'error', code: 'NotSupported', description: 'this model does not do that' })
