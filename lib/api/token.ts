import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, moment, page, toldMoment } from './words.ts'

/** What a token is. `central` ones are made by us, to start sessions from here, and are nobody's to change. */
export const tokenKinds = ['rfid', 'app', 'vehicle'] as const
export type TokenKind = (typeof tokenKinds)[number]

export const tokenRow = z.object({
  id: z.string(),
  idTag: z.string(),
  kind: z.enum(tokenKinds),
  /** What a charger is told of it now: an accepted one may have expired. */
  status: z.enum(['accepted', 'blocked', 'expired']),
  expiresAt: moment.nullable(),
  group: z.string().nullable(),
  /** What chargers compare: holders of the same one may stop each other's sessions. */
  parentIdTag: z.string().nullable(),
  vehicle: z.object({ id: z.string(), name: z.string() }).nullable(),
  driver: z.string().nullable(),
  costCentre: z.string().nullable(),
  changedAt: moment.nullable(),
  /** Its last session. */
  usedAt: moment.nullable(),
})
export type TokenRow = z.infer<typeof tokenRow>

const idTag = z
  .string('A card number is text.')
  .trim()
  .min(1, 'A card number cannot be empty.')
  .max(20, 'A card number has at most 20 characters.')
  .regex(/^[\x21-\x7e]+$/, 'A card number has letters, digits and signs, and no blanks.')
const words = (most: number) => z.string('Text.').trim().max(most, `At most ${most} characters.`)

const facts = {
  kind: z.enum(tokenKinds, 'Write rfid, app or vehicle; left empty it is rfid.').default('rfid'),
  status: z.enum(['accepted', 'blocked'], 'Write accepted or blocked; left empty it is accepted.').default('accepted'),
  /** A day (its end), depot time or ISO 8601; null: never. */
  expires: words(40)
    .nullable()
    .default(null)
    .describe('A day such as 2027-06-30 (its end), a moment in depot time such as 2027-06-30 18:00, or ISO 8601; null: never.'),
  /** Its members may stop each other's sessions. */
  group: words(60).nullable().default(null),
  /** Given by us where only the group is named. */
  parentIdTag: idTag.nullable().default(null),
  vehicleId: z.string('The id of a vehicle.').nullable().default(null),
  driver: words(60).nullable().default(null),
  costCentre: words(60).nullable().default(null),
}
export const tokenInput = z.object({ idTag, ...facts })
export type TokenInput = z.output<typeof tokenInput>
const whole = z.object(facts)
/** Only what is given changes. */
export const tokenChange = z.object({
  kind: facts.kind.unwrap().optional(),
  status: facts.status.unwrap().optional(),
  expires: words(40).nullable().optional(),
  group: words(60).nullable().optional(),
  parentIdTag: idTag.nullable().optional(),
  vehicleId: z.string().nullable().optional(),
  driver: words(60).nullable().optional(),
  costCentre: words(60).nullable().optional(),
})
export type TokenChange = z.output<typeof tokenChange>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), token: z.string() })

export const getTokens = contract({
  method: 'GET',
  path: '/api/depots/:depot/tokens',
  roles: operators,
  summary: 'Cards and other tokens, by number, searchable.',
  params: depot,
  input: z.object({ search: z.string().max(60).optional(), cursor: z.string().optional() }),
  output: page(tokenRow),
})

export const addToken = contract({
  method: 'POST',
  path: '/api/depots/:depot/tokens',
  roles: operators,
  summary: 'Adds a card or another token.',
  params: depot,
  input: tokenInput,
  output: z.object({ id: z.string() }),
})

export const changeToken = contract({
  method: 'PUT',
  path: '/api/depots/:depot/tokens/:token',
  roles: operators,
  summary: 'Changes what is given of a token: blocks it, lets it charge again, moves it to another vehicle or group.',
  params: one,
  input: tokenChange,
  output: done,
})

export const removeToken = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/tokens/:token',
  roles: operators,
  summary: 'Removes a token that was never used; one with sessions can be blocked.',
  params: one,
  output: done,
})

export const tokenLine = z.object({
  /** As in the file, the heading is 1. */
  line: z.number().int(),
  outcome: z.enum(['added', 'changed', 'same', 'refused']),
  text: z.string(),
})
export type TokenLine = z.infer<typeof tokenLine>

export const importTokens = contract({
  method: 'POST',
  path: '/api/depots/:depot/tokens/import',
  roles: operators,
  summary: 'Tokens from CSV with the column idTag and any of kind, status, expires, group, parentIdTag, vehicle, driver, costCentre.',
  params: depot,
  input: z.object({ csv: z.string().min(1, 'Paste the lines, or choose a file.').max(500_000, 'At most 500 kB at once.') }),
  output: z.object({
    added: z.number().int(),
    changed: z.number().int(),
    same: z.number().int(),
    refused: z.number().int(),
    lines: z.array(tokenLine),
  }),
})
export type TokensImported = z.infer<(typeof importTokens)['output']>

// ------------------------------------------------------------- for machines, by idTag

/** Which depot; not needed with a key of one depot, or where there is one only. */
const ofDepot = { depotId: z.string().optional() }
/** As answers have it, so that what was read can be written back; in place of `expires`. */
const asAnswered = { expiresAt: toldMoment.nullable().optional() }
type Expiring = { expires: string | null; expiresAt?: number | null | undefined }
const once = ({ expires, expiresAt }: Expiring) => expires === null || expiresAt === undefined
const ONCE = { path: ['expiresAt'], message: 'Send expires (a day or a moment) or expiresAt (a moment), not both.' }
const oneExpiry = <T extends Expiring>({ expiresAt, ...token }: T) =>
  expiresAt === undefined ? token : { ...token, expires: expiresAt === null ? null : new Date(expiresAt).toISOString() }

const byTag = z.object({ idTag: z.string().min(1).max(20) })

export const listTokens = contract({
  method: 'GET',
  path: '/api/v1/tokens',
  scope: 'tokens:read',
  summary: 'Tokens by idTag, 100 at a time: go on with `cursor` = `next`. `search` finds idTag, group, vehicle, driver, cost centre.',
  input: z.object({ ...ofDepot, search: z.string().max(60).optional(), cursor: z.string().optional() }),
  output: page(tokenRow),
})

export const postToken = contract({
  method: 'POST',
  path: '/api/v1/tokens',
  scope: 'tokens:write',
  summary: 'Adds a token. Chargers know it within seconds. 409 when the idTag exists.',
  input: tokenInput
    .extend({ ...asAnswered, ...ofDepot })
    .strict()
    .refine(once, ONCE)
    .transform(oneExpiry),
  output: tokenRow,
})

export const putToken = contract({
  method: 'PUT',
  path: '/api/v1/tokens/:idTag',
  scope: 'tokens:write',
  summary: 'A token as it should be, made if it is not there; what is left out gets its default. The same again changes nothing.',
  params: byTag,
  input: whole
    .extend({ ...asAnswered, ...ofDepot })
    .strict()
    .refine(once, ONCE)
    .transform(oneExpiry),
  output: tokenRow,
})

export const deleteToken = contract({
  method: 'DELETE',
  path: '/api/v1/tokens/:idTag',
  scope: 'tokens:write',
  summary: 'Removes a token that was never used. 409 for one with sessions: block it instead.',
  params: byTag,
  output: done,
})
