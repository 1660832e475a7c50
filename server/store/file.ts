import type { FileState } from '#lib/charging/file-words.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { FileUrl, StoredFile } from './generated/client.ts'

export type FileKind = 'log' | 'diagnostics' | 'firmware'
export type FileRow = Omit<StoredFile, 'kind' | 'state' | 'sizeBytes' | 'maxBytes'> & {
  kind: FileKind
  state: FileState
  sizeBytes: number
  maxBytes: number
}
export type UrlRow = Omit<FileUrl, 'direction'> & { direction: 'upload' | 'download' }

export const fileRow = (row: StoredFile): FileRow => ({
  ...row,
  kind: row.kind as FileKind,
  state: row.state as FileState,
  sizeBytes: Number(row.sizeBytes),
  maxBytes: Number(row.maxBytes),
})

export type NewFile = {
  id: string
  depotId: string
  chargerId?: string
  kind: FileKind
  name: string
  path: string
  maxBytes: number
  createdBy: string
  createdAt: Instant
  vendor?: string
  model?: string
  version?: string
  expectedSha256?: string
  signature?: string
  signingCertificate?: string
}

/** A file that is awaited; its bytes come later. */
export const addFile = async (db: Db, { createdAt, maxBytes, ...file }: NewFile): Promise<void> => {
  await db.storedFile.create({ data: { ...file, maxBytes: BigInt(maxBytes), state: 'awaited', createdAt: new Date(createdAt) } })
}

export const findFile = async (db: Db, id: string): Promise<FileRow | undefined> => {
  const row = await db.storedFile.findUnique({ where: { id } })
  return row ? fileRow(row) : undefined
}

export const findFiles = async (db: Db, ids: string[]): Promise<FileRow[]> =>
  (await db.storedFile.findMany({ where: { id: { in: ids } } })).map(fileRow)

export type FileChange = {
  state?: FileState
  sizeBytes?: number
  sha256?: string | null
  detail?: string | null
  completedAt?: Instant
  name?: string
}

/** Changes a file, if it is still in one of `states`. @returns whether it was */
export const changeFile = async (
  db: Db,
  id: string,
  states: FileState[],
  { sizeBytes, completedAt, ...data }: FileChange,
): Promise<boolean> => {
  const { count } = await db.storedFile.updateMany({
    where: { id, state: { in: states } },
    data: {
      ...data,
      ...(sizeBytes !== undefined && { sizeBytes: BigInt(sizeBytes) }),
      ...(completedAt !== undefined && { completedAt: new Date(completedAt) }),
    },
  })
  return count > 0
}

export const removeFile = (db: Db, id: string) => db.storedFile.deleteMany({ where: { id } })

export type NewUrl = { tokenHash: string; fileId: string; direction: 'upload' | 'download'; chargerId?: string; expiresAt: Instant }

/** `expiresAt` is real time. */
export const addUrl = async (db: Db, { expiresAt, ...url }: NewUrl): Promise<void> => {
  await db.fileUrl.create({ data: { ...url, expiresAt: new Date(expiresAt) } })
}

/** The address with its file and its charger's identity; undefined for one that never was, and for the address of a retired charger. */
export async function findUrl(
  db: Db,
  tokenHash: string,
): Promise<{ url: UrlRow; file: FileRow; identity: string | undefined } | undefined> {
  const row = await db.fileUrl.findUnique({ where: { tokenHash }, include: { file: true } })
  if (!row) return undefined
  const { file, ...url } = row
  const charger = url.chargerId
    ? await db.charger.findUnique({ where: { id: url.chargerId }, select: { retiredAt: true, identity: true } })
    : undefined
  if (url.chargerId && (!charger || charger.retiredAt)) return undefined
  return {
    url: { ...url, direction: url.direction === 'upload' ? 'upload' : 'download' },
    file: fileRow(file),
    identity: charger?.identity,
  }
}

/** The first use of an address, and from where. */
export const beginUrl = (db: Db, tokenHash: string, at: Instant, address: string) =>
  db.fileUrl.updateMany({ where: { tokenHash, begunAt: null }, data: { begunAt: new Date(at), address } })

/** @returns false: somebody else used it up */
export const useUpUrl = async (db: Db, tokenHash: string, at: Instant): Promise<boolean> =>
  (await db.fileUrl.updateMany({ where: { tokenHash, usedAt: null }, data: { usedAt: new Date(at) } })).count > 0

/** Nothing more may come in or go out for this file. */
export const closeUrls = (db: Db, fileId: string, at: Instant) =>
  db.fileUrl.updateMany({ where: { fileId, usedAt: null, expiresAt: { gt: new Date(at) } }, data: { expiresAt: new Date(at) } })

/** This address opens nothing any more. */
export const closeUrl = (db: Db, tokenHash: string, at: Instant) =>
  db.fileUrl.updateMany({ where: { tokenHash, usedAt: null }, data: { expiresAt: new Date(at) } })

/** Addresses that nobody may use any more, for long enough that nobody asks why. */
export const forgetUrls = (db: Db, before: Instant) => db.fileUrl.deleteMany({ where: { expiresAt: { lt: new Date(before) } } })

/** Files that are awaited or half here, whose every address has run out (real time). */
export const stalledFiles = async (db: Db, now: Instant): Promise<FileRow[]> =>
  (
    await db.storedFile.findMany({
      where: { state: { in: ['awaited', 'receiving'] }, urls: { none: { expiresAt: { gt: new Date(now) }, usedAt: null } } },
    })
  ).map(fileRow)

/** Logs and diagnostics, oldest first: what may be removed by age and total size. */
export const keptLogs = async (db: Db): Promise<FileRow[]> =>
  (await db.storedFile.findMany({ where: { kind: { not: 'firmware' } }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(fileRow)

export const allPaths = async (db: Db): Promise<Set<string>> =>
  new Set((await db.storedFile.findMany({ select: { path: true } })).map(({ path }) => path))

export const usedBytes = async (db: Db): Promise<{ usedBytes: number; files: number }> => {
  const { _sum, _count } = await db.storedFile.aggregate({ _sum: { sizeBytes: true }, _count: true, where: { sizeBytes: { gt: 0n } } })
  return { usedBytes: Number(_sum.sizeBytes ?? 0), files: _count }
}

/** The firmware images of a depot, newest first. */
export const firmwareImages = async (db: Db, depotId: string): Promise<FileRow[]> =>
  (await db.storedFile.findMany({ where: { depotId, kind: 'firmware' }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })).map(fileRow)
