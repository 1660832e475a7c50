import { expect, test } from 'vitest'
import { linkVerdict, type ProfileFacts, whyNotRaise, whyNotWithoutPassword } from './security-profile.ts'

const ready: ProfileFacts = { least: 1, connected: 1, online: true, hasKey: true, tlsServed: true, trustsUs: true, hasCertificate: true }

test('a profile rises step by step or at once, when all it needs is there', () => {
  expect(whyNotRaise(2, ready)).toBeNull()
  expect(whyNotRaise(3, ready)).toBeNull()
})

test('it never goes down, and what is there already is not asked again', () => {
  for (const profile of [0, 1, 2]) expect(whyNotRaise(profile, { ...ready, least: 2 })).toMatch(/already/)
})

test.each<[number, Partial<ProfileFacts>, RegExp]>([
  [2, { online: false }, /offline/],
  [2, { tlsServed: false }, /OCPP_TLS_PORT/],
  [2, { trustsUs: false }, /has not told us .* install it first, or raise it while it is connected over wss/],
  [3, { hasCertificate: false }, /renewed first/],
  [1, { least: 0, connected: 0, hasKey: false }, /key/],
])('to %i with %o: %s', (profile, change, words) => expect(whyNotRaise(profile, { ...ready, ...change })).toMatch(words))

test('a charger that comes with the higher profile by itself has proved that it can', () => {
  expect(whyNotRaise(2, { ...ready, connected: 2, trustsUs: false, tlsServed: false })).toBeNull()
  expect(whyNotRaise(2, { ...ready, connected: 2, online: false })).toMatch(/offline/)
})

test('without a password only in a laboratory, and only what never proved itself', () => {
  const fresh = { least: 1, everConnected: null, settingOn: true }
  expect(whyNotWithoutPassword(fresh)).toBeNull()
  expect(whyNotWithoutPassword({ ...fresh, settingOn: false })).toMatch(/OCPP_ALLOW_NO_AUTH/)
  expect(whyNotWithoutPassword({ ...fresh, everConnected: 1 })).toMatch(/never goes down/)
  expect(whyNotWithoutPassword({ ...fresh, least: 2 })).toMatch(/never goes down/)
})

test('a link without TLS or without a password is serious, unless it never leaves this machine', () => {
  const link = { everConnected: true, profile: 1, onThisMachine: false, noTls: true }
  expect(linkVerdict(link)).toEqual({ mark: 'serious', word: 'Without TLS' })
  expect(linkVerdict({ ...link, profile: 0 })).toEqual({ mark: 'serious', word: 'No password' })
  expect(linkVerdict({ ...link, onThisMachine: true }).mark).toBe('normal')
  expect(linkVerdict({ ...link, profile: 2, noTls: false })).toEqual({ mark: 'normal', word: 'Protected' })
  expect(linkVerdict({ ...link, everConnected: false }).mark).toBe('off')
})
