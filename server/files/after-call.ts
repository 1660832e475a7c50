import type { LogKind } from '#lib/api/file.ts'
import type { FirmwareState, Heard } from '#lib/charging/firmware-progress.ts'
import type { LogState } from '#lib/charging/log-progress.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { CallHooks, MadeCall } from '../charging/call-hooks.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { ChargerAnswer } from '../runtime.ts'
import type { Db } from '../store/database.ts'
import { changeFile, closeUrl, closeUrls, findFile, findUrl } from '../store/file.ts'
import { addUpdate, chargerForFiles, lockUpdate, moveUpdate, underWayUpdates, updatesIn } from '../store/firmware.ts'
import { writeJournal } from '../store/journal.ts'
import { addLogRequest, logRequestOfFile, underWayLogs } from '../store/log-request.ts'
import { namedAs } from './name.ts'
import { moveLog, tellFile } from './tell.ts'
import { hashToken, withoutSecret } from './token.ts'

/** The books of logs and updates follow every such call, whoever made it: also one with a caller's own address. */
export const fileCalls: CallHooks = {
  GetDiagnostics: (gateway, call) => afterLogCall(gateway, call, 'diagnostics', String(call.payload.location)),
  GetLog: (gateway, call) => {
    const log = call.payload.log as { remoteLocation: string }
    return afterLogCall(gateway, call, call.payload.logType === 'SecurityLog' ? 'SecurityLog' : 'DiagnosticsLog', log.remoteLocation)
  },
  UpdateFirmware: (gateway, call) =>
    afterFirmwareCall(gateway, call, {
      signed: false,
      location: String(call.payload.location),
      retrieveAt: String(call.payload.retrieveDate),
    }),
  SignedUpdateFirmware: (gateway, call) => {
    const firmware = call.payload.firmware as { location: string; retrieveDateTime: string; installDateTime?: string }
    const { location, retrieveDateTime: retrieveAt, installDateTime: installAt } = firmware
    return afterFirmwareCall(gateway, call, { signed: true, location, retrieveAt, ...(installAt && { installAt }) })
  },
}

/** Our own file that an address of ours means. */
async function fileAt({ db }: Gateway, location: string): Promise<{ tokenHash: string; fileId: string } | undefined> {
  const token = /\/files\/([A-Za-z0-9_-]{27})(?:[/?#]|$)/.exec(location)?.[1]
  if (!token) return undefined
  const tokenHash = hashToken(token)
  const found = await findUrl(db.prisma, tokenHash)
  return found && { tokenHash, fileId: found.file.id }
}

async function afterLogCall(gateway: Gateway, call: MadeCall, kind: LogKind, location: string): Promise<void> {
  const { charger, payload, answer, actor } = call
  const db = gateway.db.prisma
  const at = gateway.clock.now()
  const place = await fileAt(gateway, location)
  const fileId = place?.fileId
  const ours = fileId === undefined ? undefined : await logRequestOfFile(db, fileId)
  const id =
    ours ??
    (await addLogRequest(db, {
      depotId: charger.depotId,
      chargerId: charger.id,
      kind,
      fileId: null,
      ...(typeof payload.requestId === 'number' && { requestId: payload.requestId }),
      state: 'asked',
      createdBy: actor,
      at,
    }))
  const told = await moveLog(gateway, id, ({ state }) => (state === 'asked' ? logAnswered(answer, kind) : { kind: 'nothing' }))
  if (answer.kind === 'refused' && place) await closeUrl(db, place.tokenHash, gateway.clock.real())
  if (answer.kind === 'accepted') {
    const { status, filename, fileName } = answer.response as { status?: string; filename?: string; fileName?: string }
    if (fileId) await nameByCharger(db, fileId, filename ?? fileName ?? '')
    if (status === 'AcceptedCanceled') await cancelOthers(gateway, charger.id, id)
  }
  await writeJournal(db, gateway.clock, {
    depotId: charger.depotId,
    actor,
    kind: 'charger.logAsked',
    subject: `charger:${charger.id}`,
    data: { logId: id, kind, to: fileId ? 'here' : withoutSecret(location), answer: answer.kind, moved: told?.heard },
  })
  tellFile(gateway, { depotId: charger.depotId, chargerId: charger.id })
}

/** A quick charger sends the file before its answer is read: what it called it counts all the same, unless the file came with a name. */
async function nameByCharger(db: Db, fileId: string, told: string): Promise<void> {
  const file = await findFile(db, fileId)
  if (file) await changeFile(db, fileId, ['awaited', 'receiving'], { name: namedAs(file.name, told) })
}

function logAnswered(answer: ChargerAnswer, kind: LogKind): Heard<LogState> {
  switch (answer.kind) {
    case 'refused':
      return { kind: 'moved', state: 'refused', detail: `The charger refused: ${answer.reason}.` }
    case 'offline':
    case 'superseded':
      return { kind: 'moved', state: 'refused', detail: notAsked(answer) }
    case 'timeout':
    case 'lost':
      return { kind: 'moved', state: 'unknown', detail: 'The charger did not answer. It may still send it.' }
    case 'accepted':
      // 1.6 §5.9: no name, no diagnostics; a charger that sends some all the same is believed when they come
      return kind === 'diagnostics' && !(answer.response as { fileName?: string }).fileName
        ? { kind: 'moved', state: 'refused', detail: 'The charger has no diagnostics of that time.' }
        : { kind: 'nothing' }
  }
}

/** The charger gave up what it was sending before. */
async function cancelOthers(gateway: Gateway, chargerId: string, id: number): Promise<void> {
  for (const other of await underWayLogs(gateway.db.prisma, { chargerId })) {
    if (other.id >= id || other.kind === 'diagnostics') continue
    await moveLog(gateway, other.id, () => ({ kind: 'moved', state: 'cancelled', detail: 'A newer request took its place.' }))
    if (other.fileId) await closeUrls(gateway.db.prisma, other.fileId, gateway.clock.real())
  }
}

type Sent = { signed: boolean; location: string; retrieveAt: string; installAt?: string }

async function afterFirmwareCall(gateway: Gateway, { charger, payload, answer, actor }: MadeCall, sent: Sent): Promise<void> {
  const db = gateway.db.prisma
  const at = gateway.clock.now()
  const place = await fileAt(gateway, sent.location)
  const fileId = place?.fileId
  const ours =
    fileId === undefined ? undefined : (await updatesIn(db, ['asked'], charger.id)).findLast((each) => each.fileId === fileId)?.id
  const id =
    ours ??
    (await addUpdate(db, {
      depotId: charger.depotId,
      chargerId: charger.id,
      fileId: null,
      location: withoutSecret(sent.location),
      signed: sent.signed,
      ...(typeof payload.requestId === 'number' && { requestId: payload.requestId }),
      retrieveAt: momentOr(sent.retrieveAt, at),
      installAt: sent.installAt === undefined ? null : momentOr(sent.installAt, at),
      state: 'asked',
      fromVersion: (await chargerForFiles(db, charger.depotId, charger.id))?.firmware ?? null,
      toVersion: null,
      createdBy: actor,
      at,
    }))
  const heard = firmwareAnswered(answer)
  if (heard)
    await db.$transaction(async (tx) => {
      const update = await lockUpdate(tx, id)
      if (update?.state === 'asked') await moveUpdate(tx, update, { ...heard, said: null, at })
    })
  if (heard?.state === 'refused' && place) await closeUrl(db, place.tokenHash, gateway.clock.real())
  const status = answer.kind === 'accepted' ? (answer.response as { status?: string }).status : undefined
  for (const other of status === 'AcceptedCanceled' ? await underWayUpdates(db, charger.id) : []) {
    if (other.id >= id) continue
    await moveUpdate(db, other, { state: 'cancelled', detail: 'A newer update took its place.', said: null, at })
  }
  await writeJournal(db, gateway.clock, {
    depotId: charger.depotId,
    actor,
    kind: 'charger.firmwareAsked',
    subject: `charger:${charger.id}`,
    data: { updateId: id, signed: sent.signed, from: fileId ? 'here' : withoutSecret(sent.location), answer: answer.kind, status },
  })
  tellFile(gateway, { depotId: charger.depotId, chargerId: charger.id })
}

const REFUSED: Record<string, string> = {
  InvalidCertificate: 'The charger does not trust the signing certificate.',
  RevokedCertificate: 'The signing certificate was revoked.',
}

function firmwareAnswered(answer: ChargerAnswer): { state: FirmwareState; detail: string } | undefined {
  switch (answer.kind) {
    case 'accepted':
      return undefined
    case 'refused':
      return { state: 'refused', detail: REFUSED[answer.reason] ?? `The charger refused: ${answer.reason}.` }
    case 'offline':
    case 'superseded':
      return { state: 'refused', detail: notAsked(answer) }
    case 'timeout':
    case 'lost':
      return { state: 'unknown', detail: 'The charger did not answer. It may still do it.' }
  }
}

/** As a caller wrote it; what no clock knows is taken as now. */
const momentOr = (text: string, otherwise: Instant): Instant => {
  const ms = Date.parse(text)
  return Number.isFinite(ms) ? instant(ms) : otherwise
}

const notAsked = (answer: Extract<ChargerAnswer, { kind: 'offline' | 'superseded' }>): string =>
  (answer.kind === 'offline' ? answer.why : undefined) ?? 'The charger is offline: it was not asked.'
