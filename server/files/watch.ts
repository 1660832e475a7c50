import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { firmwareDueAt } from '#lib/charging/firmware-progress.ts'
import { days, hours, instant, minutes, plus } from '#lib/time/instant.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { allPaths, changeFile, findFile, forgetUrls, keptLogs, removeFile, stalledFiles } from '../store/file.ts'
import { chargerForFiles, lockUpdate, moveUpdate, underWayUpdates, updatesIn } from '../store/firmware.ts'
import { writeJournal } from '../store/journal.ts'
import { underWayLogs } from '../store/log-request.ts'
import { type FilesCtx, makeFilesDir } from './files.ts'
import { MB, readFileSettings } from './settings.ts'
import { moveLog, tellFile } from './tell.ts'
import { sendUpdate, whyWait } from './update-firmware.ts'

/** How long nothing may be heard (real time) until nobody knows what became of it. */
const LOG_PATIENCE_MS = minutes(30)
const UPDATE_PATIENCE_MS = hours(2)
const LOOK_MS = 5_000
const TIDY_MS = minutes(60)

/** What nobody else starts: updates that waited, requests of which nothing is heard, old files. */
export function watchFiles(gateway: Gateway): { look(): Promise<void>; close(): Promise<void> } {
  let running: Promise<void> | undefined
  let tidiedAt = Number.NEGATIVE_INFINITY
  let closed = false

  async function look(): Promise<void> {
    await sendWaiting(gateway)
    await giveUpHope(gateway)
    if (gateway.clock.monotonic() - tidiedAt < TIDY_MS) return
    tidiedAt = gateway.clock.monotonic()
    await tidyFiles(gateway)
  }
  const once = () => {
    running ??= look()
      .catch((error: unknown) => {
        if (!closed) gateway.log.error({ err: error }, 'looking after files failed')
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  const timer = setInterval(() => void once(), LOOK_MS)
  timer.unref()
  return {
    look: once,
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}

/** Updates that waited are sent once their charger is free and here. */
export async function sendWaiting(gateway: Gateway): Promise<void> {
  for (const { id, chargerId, depotId, fileId } of await updatesIn(gateway.db.prisma, ['waiting'])) {
    const charger = await chargerForFiles(gateway.db.prisma, depotId, chargerId)
    const image = fileId === null ? undefined : await findFile(gateway.db.prisma, fileId)
    if (!charger || !image) {
      await endUpdate(gateway, id, 'cancelled', 'Its charger or its image is not there any more.')
      continue
    }
    if (!gateway.links.online(chargerId) || (await whyWait(gateway, chargerId, charger.depot.zone)) !== null) continue
    const { outcome, detail } = await sendUpdate(gateway, id, image)
    gateway.log.info({ update: id, charger: chargerId, outcome }, `an update that waited was sent: ${detail}`)
  }
}

async function endUpdate(
  gateway: Pick<Gateway, 'db' | 'clock' | 'feed'>,
  id: number,
  state: 'cancelled' | 'unknown',
  detail: string,
): Promise<void> {
  const at = gateway.clock.now()
  const update = await gateway.db.prisma.$transaction(async (tx) => {
    const found = await lockUpdate(tx, id)
    if (found) await moveUpdate(tx, found, { state, detail, said: null, at })
    return found
  })
  if (!update) return
  await writeJournal(gateway.db.prisma, gateway.clock, {
    depotId: update.depotId,
    actor: 'system',
    kind: 'charger.firmware',
    subject: `charger:${update.chargerId}`,
    data: { updateId: id, state, detail },
  })
  tellFile(gateway, update)
}

/** Requests and updates of which nothing was heard for too long. They go on when something is heard after all. */
export async function giveUpHope(gateway: Pick<Gateway, 'db' | 'clock' | 'feed'>): Promise<void> {
  const now = gateway.clock.now()
  const speed = Math.max(1, gateway.clock.speed)
  for (const { id, depotId, chargerId } of await underWayLogs(gateway.db.prisma, { before: plus(now, -LOG_PATIENCE_MS * speed) })) {
    await moveLog(gateway, id, () => ({ kind: 'moved', state: 'unknown', detail: 'Nothing was heard of it any more.' }))
    tellFile(gateway, { depotId, chargerId })
  }
  for (const { id, state, stateAt, retrieveAt, installAt } of await underWayUpdates(gateway.db.prisma)) {
    const install = installAt === null ? null : instant(installAt)
    const due = firmwareDueAt(
      { state, stateAt: instant(stateAt), retrieveAt: instant(retrieveAt), installAt: install },
      UPDATE_PATIENCE_MS * speed,
    )
    if (due !== undefined && due < now) await endUpdate(gateway, id, 'unknown', 'Nothing was heard of it any more.')
  }
}

/** Removes what is too old or too much, oldest first, what never came, and bytes that belong to nothing. Images stay. */
export async function tidyFiles(ctx: Pick<FilesCtx, 'clock' | 'db' | 'log' | 'env'>): Promise<{ removed: number }> {
  const db = ctx.db.prisma
  const dir = await makeFilesDir(ctx)
  const { keepDays, keepMb } = await readFileSettings(db)
  const drop = (path: string) => unlink(join(dir, path)).catch(() => {})
  for (const file of await stalledFiles(db, ctx.clock.real())) {
    await changeFile(db, file.id, ['awaited', 'receiving'], { state: 'expired', sizeBytes: 0 })
    await drop(file.path)
  }
  const oldest = plus(ctx.clock.now(), -days(keepDays))
  const logs = await keptLogs(db)
  let bytes = logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let removed = 0
  for (const file of logs) {
    const underWay = file.state === 'awaited' || file.state === 'receiving'
    if (underWay || (file.createdAt.getTime() >= oldest && bytes <= keepMb * MB)) continue
    await removeFile(db, file.id)
    await drop(file.path)
    bytes -= file.sizeBytes
    removed++
  }
  await forgetUrls(db, plus(ctx.clock.real(), -days(7)))
  const known = await allPaths(db)
  for (const path of await readdir(dir)) {
    if (known.has(path)) continue
    // a file that is just being announced has no row yet
    const made = await stat(join(dir, path)).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
    if (ctx.clock.real() - made > minutes(10)) await drop(path)
  }
  if (removed > 0) ctx.log.info({ removed }, 'old files were removed')
  return { removed }
}
