import type { Heard } from '#lib/charging/firmware-progress.ts'
import { fileRefused, fileTells, type LogState, logEnded } from '#lib/charging/log-progress.ts'
import { changeFile, type FileRow } from '../store/file.ts'
import { type LogRequestRow, lockLogRequest, logRequestOfFile, writeLogState } from '../store/log-request.ts'
import type { FilesCtx } from './files.ts'

/** Viewers of the charger, and of the library for an image, ask again. */
export const tellFile = ({ feed }: Pick<FilesCtx, 'feed'>, { depotId, chargerId }: { depotId: string; chargerId: string | null }): void =>
  feed.publish({ kind: 'changed', depotId, what: 'chargers', ...(chargerId && { id: chargerId }) })

/** The first byte: the file is on its way, whatever the charger told of it. */
export async function begun(ctx: FilesCtx, file: FileRow): Promise<void> {
  await changeFile(ctx.db.prisma, file.id, ['awaited', 'receiving'], { state: 'receiving', detail: null })
  await fileMoves(ctx, file, 'begun')
}

export const arrived = (ctx: FilesCtx, file: FileRow): Promise<void> => fileMoves(ctx, file, 'complete')

/** What came was not kept, for this reason. */
export const refused = (ctx: FilesCtx, file: FileRow, reason: string): Promise<void> =>
  logMoves(ctx, file, (state) => fileRefused(state, `Refused: ${reason}`))

const fileMoves = (ctx: FilesCtx, file: FileRow, what: 'begun' | 'complete'): Promise<void> =>
  logMoves(ctx, file, (state) => fileTells(state, what))

async function logMoves(ctx: FilesCtx, file: FileRow, decide: (state: LogState) => Heard<LogState>): Promise<void> {
  const id = await logRequestOfFile(ctx.db.prisma, file.id)
  if (id !== undefined) await moveLog(ctx, id, ({ state }) => decide(state))
  tellFile(ctx, file)
}

/**
 * Moves a log request on, under its row's lock. @returns what was decided, with the request as it was; undefined: there is none
 */
export async function moveLog(
  ctx: Pick<FilesCtx, 'db' | 'clock'>,
  id: number,
  decide: (request: LogRequestRow) => Heard<LogState>,
): Promise<{ request: LogRequestRow; heard: Heard<LogState> } | undefined> {
  return ctx.db.prisma.$transaction(async (tx) => {
    const request = await lockLogRequest(tx, id)
    if (!request) return undefined
    const heard = decide(request)
    if (heard.kind === 'moved') {
      const at = ctx.clock.now()
      const { state, detail } = heard
      await writeLogState(tx, id, { state, detail, stateAt: at, endedAt: logEnded(state) ? at : null })
    }
    return { request, heard }
  })
}
