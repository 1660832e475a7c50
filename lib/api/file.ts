import { z } from 'zod'
import { admins, operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { firmwareUpdateRow } from './firmware.ts'
import { done, mark, moment } from './words.ts'

// Logs and diagnostics that chargers send here, and the one-time addresses over which bytes travel.

export const logKinds = ['diagnostics', 'DiagnosticsLog', 'SecurityLog'] as const
export type LogKind = (typeof logKinds)[number]

export const logRow = z.object({
  id: z.number().int(),
  kind: z.enum(logKinds),
  /** asked | refused | unknown | uploading | uploaded | failed | cancelled */
  state: z.string(),
  mark,
  word: z.string(),
  detail: z.string().nullable(),
  by: z.string(),
  createdAt: moment,
  stateAt: moment,
  endedAt: moment.nullable(),
  /** Null: it went to an address of the caller's own, or was never begun. */
  file: z
    .object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      /** What has arrived so far. */
      sizeBytes: z.number().int(),
      sha256: z.string().nullable(),
    })
    .nullable(),
})
export type LogRow = z.output<typeof logRow>

const one = z.object({ depot: z.string(), charger: z.string() })

export const getChargerFiles = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger/files',
  roles: operators,
  summary: 'Logs and diagnostics that a charger was asked for, and its firmware updates with their steps, newest first.',
  params: one,
  output: z.object({
    firmware: z.string().nullable(),
    logs: z.array(logRow),
    updates: z.array(firmwareUpdateRow),
    /** Why it cannot be asked now; null: it can. */
    whyNot: z.object({ log: z.string().nullable(), update: z.string().nullable() }),
    /** Why an update should wait (a session, a departure); null: nothing speaks against now. */
    whyWait: z.string().nullable(),
  }),
})

const span = z
  .object({
    /** UTC ms: from and until when the log shall reach. */
    oldest: moment.optional(),
    latest: moment.optional(),
    retries: z.number().int().min(0).max(10).optional(),
    retryIntervalS: z.number().int().min(1).max(86_400).optional(),
  })
  .refine(({ oldest, latest }) => oldest === undefined || latest === undefined || oldest < latest, {
    path: ['latest'],
    message: 'The end lies before the beginning.',
  })
export const logAsk = z.object({ kind: z.enum(logKinds) }).and(span)

export const asked = z.object({
  id: z.number().int(),
  outcome: z.enum(['accepted', 'refused', 'timeout', 'offline', 'waiting']),
  /** One sentence for the person who asked. */
  detail: z.string(),
})
export type Asked = z.output<typeof asked>

export const askLog = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/files',
  roles: operators,
  summary: 'Asks a charger to send its diagnostics or a log to a one-time address of ours.',
  params: one,
  input: logAsk,
  output: asked,
})

export const openFile = contract({
  method: 'POST',
  path: '/api/depots/:depot/files/:file/open',
  roles: operators,
  summary: 'A one-time address from which a finished file is downloaded; good for ten minutes.',
  params: z.object({ depot: z.string(), file: z.string() }),
  output: z.object({ url: z.string(), name: z.string(), expiresAt: moment }),
})

/** How long and how much is kept. Firmware images stay until a person removes them. */
export const fileSettings = z.object({
  keepDays: z.number().int().min(1, 'At least one day.').max(3650),
  keepMb: z.number().int().min(10, 'At least 10 MB.').max(1_000_000),
  maxUploadMb: z.number().int().min(1, 'At least 1 MB.').max(10_000),
})
export type FileSettings = z.output<typeof fileSettings>

export const getFileSettings = contract({
  method: 'GET',
  path: '/api/file-settings',
  roles: operators,
  summary: 'How long and how much of logs and images is kept, and how much is there.',
  output: fileSettings.extend({ usedBytes: z.number().int(), files: z.number().int() }),
})

export const putFileSettings = contract({
  method: 'PUT',
  path: '/api/file-settings',
  roles: admins,
  summary: 'Sets how long and how much of logs and images is kept.',
  input: fileSettings,
  output: done,
})
