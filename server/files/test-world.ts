import { constants, randomBytes, sign } from 'node:crypto'
import { type At, type World, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { certificate as certificateOf, newKey } from '../security/test-authority.ts'
import { updatesOf } from '../store/firmware.ts'
import { logRequestsOf } from '../store/log-request.ts'
import { addFirmware } from './library.ts'
import { http } from './test-files.ts'
import { chargerFilesView } from './views.ts'

// The whole gateway, chargers on real sockets, files over real HTTP on the gateway's own port.

export type Outcome = { id: number; outcome: string; detail: string }
export type FilesWorld = Awaited<ReturnType<typeof filesWorld>>

export async function filesWorld(chargers: number) {
  const depot: World = await world(chargers)
  const put = (path: string, body: Buffer | string) => http(depot.ocppPort, 'PUT', path, { body })
  return {
    depot,
    put,
    logOf: async (at: At, id: number) => (await logRequestsOf(depot.prisma, at.id)).find((each) => each.id === id),
    updateOf: async (at: At, id: number) => (await updatesOf(depot.prisma, at.id)).find((each) => each.id === id)!,
    sees: (at: At) => chargerFilesView(getRuntime(), 'd', at.id),
    /** An image, announced and sent. */
    async image(bytes = randomBytes(300_000), more: Record<string, unknown> = {}) {
      const announced = { depotId: 'd', actor: 'user:anna', name: 'fw-2.0.bin', version: '2.0', sizeBytes: bytes.length, ...more }
      const added = await addFirmware(getRuntime(), announced)
      return { ...added, bytes, answer: await put(added.url, bytes) }
    },
    async boot(at: At, firmwareVersion: string): Promise<void> {
      await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', firmwareVersion })
      await until(async () => (await depot.row(at.id)).firmware === firmwareVersion)
    },
  }
}

export const pathOf = (url: unknown): string => new URL(String(url)).pathname

/** A maker's signature over an image, with the certificate of the key. */
export async function signed(kind: string, bytes: Buffer): Promise<{ signature: string; certificate: string }> {
  const key = await newKey(kind === 'ec' ? 'P-256' : 2048)
  const padding = kind === 'rsa-pss padding' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const signature = sign('sha256', bytes, { key: key.pem, ...padding }).toString('base64')
  return { signature, certificate: await certificateOf({ CN: 'Acme firmware' }, { key }) }
}
