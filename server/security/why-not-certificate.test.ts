import { expect, test } from 'vitest'
import { world } from '../ocpp/conformance16/test-world.ts'
import { freePort } from '../tools/free-port.ts'
import { certificate, newKey, request } from './test-authority.ts'

// Certificates that a person or another system sends raw: what would lock the charger out does not leave.

const w = await world(6, { OCPP_TLS_PORT: String(await freePort()) })
type Sent = { outcome: string; by: string | null; reason: string | null }
const send = (chargerId: string, action: string, payload: Record<string, unknown>) =>
  w.verb<Sent>('sendCall', { chargerId, action, payload })
const frames = (at: { asked: { method: string }[] }, action: string) => at.asked.filter(({ method }) => method === action).length

test('a root that cannot be read is refused with a sentence; one that can leaves', async () => {
  const at = await w.charger({ InstallCertificate: () => ({ status: 'Accepted' }) })
  const root = await certificate({ CN: 'Acme root' }, { key: await newKey() })
  const install = (text: string) =>
    send(at.id, 'InstallCertificate', { certificateType: 'CentralSystemRootCertificate', certificate: text })
  for (const text of ['junk', root.slice(0, 200), root.replace(/^M.*$/m, 'AAAA'), `${root}\n-----BEGIN KEY-----`])
    expect(await install(text)).toMatchObject({
      outcome: 'refused',
      by: 'yardwatt',
      reason: expect.stringMatching(/no certificate: it is PEM/),
    })
  expect(frames(at, 'InstallCertificate')).toBe(0)
  expect(await install(root)).toMatchObject({ outcome: 'answered' })
  expect(frames(at, 'InstallCertificate')).toBe(1)
})

test('a certificate for a charger leaves only as a chain for the key that it waits to have certified', async () => {
  // it never answers to the one that it asked for, so that it goes on waiting
  const at = await w.charger({ CertificateSigned: () => new Promise(() => {}) })
  const sign = (certificateChain: string) => send(at.id, 'CertificateSigned', { certificateChain })
  const [own, strange] = [await newKey(), await newKey()]
  const [right, wrong] = [await certificate({ CN: at.identity }, { key: own }), await certificate({ CN: at.identity }, { key: strange })]
  expect(await sign(right)).toMatchObject({
    outcome: 'refused',
    by: 'yardwatt',
    reason: expect.stringMatching(/waits for no certificate.*Security/),
  })
  await at.say('SignCertificate', { csr: await request(own, { CN: at.identity, O: 'Yardwatt' }) })
  await at.hears('CertificateSigned')
  for (const [chain, reason] of [
    ['junk', /no chain of certificates.*Security/],
    [`${right}\n${wrong}`, /no chain of certificates/],
    [wrong, /not of the key that the charger asked for.*Security/],
  ] as const)
    expect(await sign(chain)).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: expect.stringMatching(reason) })
  expect(frames(at, 'CertificateSigned')).toBe(1)
})
