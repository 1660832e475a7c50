import { z } from 'zod'
import { instant } from '#lib/time/instant.ts'
import { certificatesIn, isTrusted } from './certificates.ts'
import { beginUpdate, isUpdating, isWriting } from './firmware-update.ts'
import { cancelUpload, logLines, logName, uploadLog } from './log-upload.ts'
import { give, type Row, row, say } from './row.ts'
import { securityEvent } from './security-event.ts'
import { isExpired } from './security-profile.ts'
import { deviceNow, hasFault, type Station } from './station.ts'

// Firmware management (§6.1, §6.5) and its successors of the security whitepaper (N01, L01).

const moment = z.iso.datetime({ offset: true }).transform((text) => instant(text))
const often = { retries: z.int().nonnegative().default(0), retryInterval: z.int().nonnegative().default(0) }

export const FILE_ANSWERS: Record<string, Row> = {
  GetDiagnostics: row(
    z.object({ location: z.string(), startTime: moment.optional(), stopTime: moment.optional(), ...often }),
    (station, { location, startTime, stopTime, retries, retryInterval }) => {
      const order = { kind: 'diagnostics', location, from: startTime, until: stopTime, retries, retryIntervalS: retryInterval } as const
      // nothing to tell of that time: no name, and no upload follows
      if (logLines(station, order).length === 0) return give({})
      cancelUpload(station)
      const fileName = logName(station, 'diagnostics')
      return { kind: 'result', payload: { fileName }, after: () => void uploadLog(station, order, fileName) }
    },
  ),

  GetLog: row(
    z.object({
      logType: z.enum(['DiagnosticsLog', 'SecurityLog']),
      requestId: z.int(),
      log: z.object({ remoteLocation: z.string().max(512), oldestTimestamp: moment.optional(), latestTimestamp: moment.optional() }),
      ...often,
    }),
    (station, { logType, requestId, log, retries, retryInterval }) => {
      const wasBusy = cancelUpload(station)
      const filename = logName(station, logType)
      const order = {
        kind: logType,
        requestId,
        location: log.remoteLocation,
        from: log.oldestTimestamp,
        until: log.latestTimestamp,
        retries,
        retryIntervalS: retryInterval,
      }
      const payload = { status: wasBusy ? 'AcceptedCanceled' : 'Accepted', filename }
      return { kind: 'result', payload, after: () => void uploadLog(station, order, filename) }
    },
  ),

  UpdateFirmware: row(z.object({ location: z.string(), retrieveDate: moment, ...often }), (station, request) => {
    const { location, retrieveDate, retries, retryInterval } = request
    const order = { location, retrieveAt: retrieveDate, triesLeft: retries, retryIntervalS: retryInterval }
    // the answer has no status: an order that comes too late is dropped
    return { kind: 'result', payload: {}, after: () => isWriting(station) || beginUpdate(station, order) }
  }),

  SignedUpdateFirmware: row(
    z.object({
      requestId: z.int(),
      firmware: z.object({
        location: z.string().max(512),
        retrieveDateTime: moment,
        installDateTime: moment.optional(),
        signingCertificate: z.string().max(5_500),
        signature: z.string().max(800),
      }),
      ...often,
    }),
    (station, { requestId, firmware, retries, retryInterval }) => {
      const { location, retrieveDateTime, installDateTime, signature, signingCertificate } = firmware
      const distrust = whyNotTrust(station, signingCertificate)
      if (distrust) {
        securityEvent(station, 'InvalidFirmwareSigningCertificate', distrust)
        return say(distrust)
      }
      if (isWriting(station)) return say('Rejected')
      const status = isUpdating(station) ? 'AcceptedCanceled' : 'Accepted'
      const signed = { requestId, signature, signingCertificate }
      const when = { retrieveAt: retrieveDateTime, installAt: installDateTime, triesLeft: retries, retryIntervalS: retryInterval }
      return say(status, () => beginUpdate(station, { location, signed, ...when }))
    },
  ),
}

/** Signed for by the maker, where the maker's root is installed; without one any certificate that still holds will do. */
function whyNotTrust(station: Station, pem: string): 'InvalidCertificate' | 'RevokedCertificate' | undefined {
  const chain = certificatesIn(pem)
  const roots = certificatesIn(station.memory.roots.ManufacturerRootCertificate.join('\n'))
  if (!chain[0] || isExpired(chain[0], deviceNow(station)) || !isTrusted(chain, roots)) return 'InvalidCertificate'
  return hasFault(station, (fault) => fault.revokesSigner) ? 'RevokedCertificate' : undefined
}
