import { expect, test } from 'vitest'
import { startCharger } from '#server/simulator/charger.ts'
import { makeClock } from '../clock.ts'
import { world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'

// A simulated charger, which is written from the specification and shares no code with us, goes the whole way from ws to a certificate of its own.

const w = await world(3, { OCPP_TLS_PORT: '22033' })
const { prisma } = w

test('from a password over ws, to TLS, to a certificate of its own, and to a new root, without a visit', async () => {
  const charger = startCharger({
    url: `ws://localhost:${w.ocppPort}/ocpp`,
    secureUrl: 'wss://localhost:22033/ocpp',
    identity: 'C1',
    password: w.keys.get('C1')!,
    backoffMs: { min: 20, max: 100 },
    clock: makeClock(),
  })
  charger.connect()
  const row = () => w.row('c1')
  const act = (what: Record<string, unknown>) =>
    w.verb<{ outcome: string; detail: string }>('chargerSecurity', { chargerId: 'c1', act: what })
  try {
    await until(async () => (await row()).bootedAt !== null)
    // commissioning has told CpoName by then, or never will
    await until(async () => (await row()).commissionedAt !== null)
    await expect(act({ kind: 'raiseProfile', profile: 2 })).rejects.toThrow(/install it first/)
    expect(await act({ kind: 'installCertificate', type: 'CentralSystemRootCertificate' })).toMatchObject({ outcome: 'accepted' })
    expect(await act({ kind: 'readCertificates' })).toMatchObject({ outcome: 'accepted' })
    expect(await prisma.certificate.findMany({ where: { chargerId: 'c1', state: 'installed' } })).toHaveLength(1)
    expect(await act({ kind: 'raiseProfile', profile: 2 })).toMatchObject({ outcome: 'scheduled' })
    await until(async () => (await row()).securityProfile === 2, 20_000)
    expect(await row()).toMatchObject({ connectedProfile: 2, nextProfile: null })

    await until(() => w.runtime.links.online('c1'))
    expect(await act({ kind: 'renewCertificate' })).toMatchObject({ outcome: 'accepted' })
    await until(
      async () => (await prisma.certificate.count({ where: { chargerId: 'c1', kind: 'charger', state: 'accepted' } })) === 1,
      20_000,
    )
    await until(() => w.runtime.links.online('c1'))
    expect(await act({ kind: 'raiseProfile', profile: 3 })).toMatchObject({ outcome: 'scheduled' })
    await until(async () => (await row()).securityProfile === 3, 20_000)
    expect(await row()).toMatchObject({ connectedProfile: 3, tlsVersion: expect.stringMatching(/^TLSv1\.[23]$/) })

    await w.verb('authority', { act: { kind: 'newRoot' } })
    await until(
      async () => (await prisma.certificate.count({ where: { chargerId: 'c1', kind: 'centralSystemRoot', state: 'installed' } })) === 2,
    )
    await w.verb('authority', { act: { kind: 'useNextRoot' } })
    w.runtime.links.drop('c1')
    await until(() => !w.runtime.links.online('c1'))
    // back against the new root, with the certificate that the old one signed
    await until(() => w.runtime.links.online('c1'), 20_000)
    await until(async () => (await row()).connectedProfile === 3)
  } finally {
    charger.close()
  }
}, 90_000)
