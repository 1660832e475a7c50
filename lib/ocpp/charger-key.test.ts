import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorizationKeyOf, whyNotKey } from './charger-key.ts'

const GOOD = '9f3c1b7a5e2d8046c1f0b39a7d5e2c48a6b0f1d3'

test.each([
  ['forty hexadecimal digits', GOOD],
  ['thirty-two of them', GOOD.slice(0, 32)],
  ['sixteen printable characters', 'tr0ub4dor&3-Kx!q'],
  ['forty of them', 'Zx8!kQ2#mN5$vB7%wL4^pR9&tY1*uJ6(hG3)fD0='],
])('%s are a key', (_, key) => expect(whyNotKey(key, 'CP-7')).toBeUndefined())

test.each([
  ['too short', 'k7!pQz2#mN5$vB', /16 to 40/],
  ['too long', `${GOOD}00`, /16 to 40/],
  ['an odd number of digits', GOOD.slice(0, 33), /even number/],
  ['too few digits', GOOD.slice(0, 20), /32 to 40 digits/],
  ['capital digits', GOOD.toUpperCase(), /small letters/],
  ['a space at the end', 'tr0ub4dor&3-Kx!q ', /printable/],
  ['not of ASCII', 'tröub4dor&3-Kx!qz', /printable/],
  ['the identity inside', 'x9-depot-cp-7-k2Z', /identity/],
  ['the identity inside, as digits', `64${Buffer.from('DEPOT-CP-7').toString('hex')}9f3c1b7a5e2d`.slice(0, 34), /identity/],
  ['one character', 'z'.repeat(20), /different/],
  ['a row', '0123456789abcdef0123456789abcdef', /row/],
  ['a repetition', 'k7!pQz2#k7!pQz2#', /repetition/],
  ['a common word', 'password12345678', /guessed first/],
])('%s: refused, and the sentence does not tell the key', (_, key, why) => {
  const told = whyNotKey(key, 'depot-cp-7')
  expect(told).toMatch(why)
  expect(told).not.toContain(key)
})

test('every key that we make is one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const key = Buffer.from(bytes).toString('hex')
      fc.pre(new Set(key).size >= 8 && new Set(bytes).size > 12)
      return whyNotKey(key, 'C1-depot') === undefined
    }),
  )
})

test('what is sent as AuthorizationKey is hexadecimal of at most 40 digits', () => {
  expect(authorizationKeyOf(GOOD)).toBe(GOOD)
  expect(authorizationKeyOf('tr0ub4dor&3-Kx!q')).toBe(Buffer.from('tr0ub4dor&3-Kx!q').toString('hex'))
  expect(authorizationKeyOf('Zx8!kQ2#mN5$vB7%wL4^pR9&tY1*uJ6(hG3)fD0=')).toBeUndefined()
})
