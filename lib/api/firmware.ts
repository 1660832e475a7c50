import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done, mark, moment, toldMoment } from './words.ts'

// Firmware images and what becomes of an update. Images are announced first; their bytes go to the one-time address of the answer.

export const firmwareImage = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  version: z.string().nullable(),
  /** awaited | receiving | complete | failed | expired */
  state: z.string(),
  mark,
  word: z.string(),
  detail: z.string().nullable(),
  /** Arrived so far. */
  sizeBytes: z.number().int(),
  sha256: z.string().nullable(),
  /** Has a signature that fits its signing certificate: only such an image can be sent as a signed update. */
  signed: z.boolean(),
  by: z.string(),
  createdAt: moment,
  /** Updates with this image that have not ended. */
  underWay: z.number().int(),
})
export type FirmwareImage = z.output<typeof firmwareImage>

export const firmwareUpdateRow = z.object({
  id: z.number().int(),
  /** waiting | asked | refused | unknown | downloading | … | installed | failed | cancelled */
  state: z.string(),
  mark,
  word: z.string(),
  /** What it means for the charger, and what to do, in a sentence. */
  meaning: z.string(),
  detail: z.string().nullable(),
  signed: z.boolean(),
  location: z.string(),
  image: z.string().nullable(),
  fromVersion: z.string().nullable(),
  toVersion: z.string().nullable(),
  retrieveAt: moment,
  installAt: moment.nullable(),
  by: z.string(),
  createdAt: moment,
  stateAt: moment,
  endedAt: moment.nullable(),
  steps: z.array(z.object({ at: moment, state: z.string(), word: z.string(), said: z.string().nullable() })),
})
export type FirmwareUpdateRow = z.output<typeof firmwareUpdateRow>

const depot = z.object({ depot: z.string() })

export const getFirmware = contract({
  method: 'GET',
  path: '/api/depots/:depot/firmware',
  roles: operators,
  summary: 'The firmware images of a depot.',
  params: depot,
  output: z.object({ images: z.array(firmwareImage), maxBytes: z.number().int() }),
})

const text = (most: number) => z.string().trim().min(1).max(most)
const announced = z.object({
  name: text(120),
  vendor: text(20).optional(),
  model: text(20).optional(),
  /** As the charger tells it in BootNotification once it runs: this is how an update is known to have arrived. */
  version: z.string().trim().min(1, 'The version the charger will tell once it runs.').max(50),
  sizeBytes: z.number().int().min(1, 'The file is empty.'),
  sha256: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/, 'SHA-256 has 64 hexadecimal digits.')
    .optional(),
  /** Base64 of the maker's signature over the file. */
  signature: z
    .string()
    .trim()
    .max(800, 'A charger takes at most 800 characters.')
    .regex(/^[A-Za-z0-9+/=\s]+$/, 'Base64, as the maker gives it.')
    .optional(),
  /** PEM. */
  signingCertificate: z
    .string()
    .trim()
    .max(5500, 'A charger takes at most 5,500 characters.')
    .startsWith('-----BEGIN CERTIFICATE-----', 'PEM, from the BEGIN CERTIFICATE line on.')
    .optional(),
})
const both = ({ signature, signingCertificate }: { signature?: string; signingCertificate?: string }) =>
  (signature === undefined) === (signingCertificate === undefined)
const BOTH = { path: ['signature'], message: 'A signature and its signing certificate belong together.' }
export const firmwareAnnouncement = announced.refine(both, BOTH)
export type FirmwareAnnouncement = z.output<typeof firmwareAnnouncement>

/** Where the bytes go: PUT, the whole or piece by piece with Content-Range; HEAD tells how much has arrived. */
export const uploadPlace = z.object({ id: z.string(), url: z.string(), expiresAt: moment })

export const addFirmware = contract({
  method: 'POST',
  path: '/api/depots/:depot/firmware',
  roles: operators,
  summary: 'Announces a firmware image; its bytes are then PUT to the one-time address of the answer.',
  params: depot,
  input: firmwareAnnouncement,
  output: uploadPlace,
})

export const removeFirmware = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/firmware/:file',
  roles: operators,
  summary: 'Removes a firmware image, unless a charger is being updated with it.',
  params: z.object({ depot: z.string(), file: z.string() }),
  output: done,
})

export const firmwareAsk = z
  .object({
    fileId: z.string(),
    /** Also sends the signature: SignedUpdateFirmware. */
    signed: z.boolean().default(false),
    /** `free`: sent once no session runs and nobody leaves soon; `now` is refused while one does; `forced`: all the same. */
    start: z.enum(['now', 'free', 'forced']).default('now'),
    /** Absent: at once. */
    retrieveAt: toldMoment.optional(),
    /** Signed updates only. */
    installAt: toldMoment.optional(),
    retries: z.number().int().min(0).max(10).optional(),
    retryIntervalS: z.number().int().min(1).max(86_400).optional(),
  })
  .refine(({ installAt, signed }) => installAt === undefined || signed, {
    path: ['installAt'],
    message: 'Only a signed update knows a moment for the installation.',
  })
  .refine(({ installAt, retrieveAt }) => installAt === undefined || retrieveAt === undefined || retrieveAt <= installAt, {
    path: ['installAt'],
    message: 'It is installed after it was fetched.',
  })
export type FirmwareAsk = z.output<typeof firmwareAsk>

const updateAsked = z.object({
  id: z.number().int(),
  outcome: z.enum(['accepted', 'refused', 'timeout', 'offline', 'waiting']),
  detail: z.string(),
})

export const updateFirmware = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/firmware',
  roles: operators,
  summary: 'Updates a charger with an image of the library; it fetches it from a one-time address.',
  params: z.object({ depot: z.string(), charger: z.string() }),
  input: firmwareAsk,
  output: updateAsked,
})

export const cancelUpdate = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/chargers/:charger/firmware/:update',
  roles: operators,
  summary: 'Gives up an update that still waits for its charger to be free.',
  params: z.object({ depot: z.string(), charger: z.string(), update: z.coerce.number().int() }),
  output: done,
})

export const addFirmwareByApi = contract({
  method: 'POST',
  path: '/api/v1/firmware',
  scope: 'chargers:write',
  summary: 'Announces a firmware image; its bytes are then PUT to the one-time address of the answer.',
  input: announced.extend({ depotId: z.string().optional() }).strict().refine(both, BOTH),
  output: uploadPlace,
})

export const updateFirmwareByApi = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/firmware',
  scope: 'chargers:write',
  summary: 'Updates a charger with an image of the library.',
  params: z.object({ charger: z.string() }),
  input: firmwareAsk.strict(),
  output: updateAsked,
})
