import { expect, test } from 'vitest'
import { type RequestFacts, whyNotCertify } from './certificate-request.ts'

const fine: RequestFacts = {
  names: ['C1'],
  organisations: ['Depot'],
  key: { kind: 'ECDSA', bits: undefined, curve: 'P-256' },
  proven: true,
}
const why = (change: Partial<RequestFacts>) => whyNotCertify({ ...fine, ...change }, ['C1', 'SN-1'], 'Depot')

test('identity or serial as CN, the operator or nothing as O, EC or RSA 2048', () => {
  expect(why({})).toBeUndefined()
  expect(why({ names: ['SN-1'], organisations: [] })).toBeUndefined()
  expect(why({ key: { kind: 'RSASSA-PKCS1-v1_5', bits: 2048, curve: undefined } })).toBeUndefined()
})

test.each<[Partial<RequestFacts>, RegExp]>([
  [{ proven: false }, /not signed/],
  [{ names: [] }, /one common name/],
  [{ names: ['C1', 'C2'] }, /one common name/],
  [{ names: ['C2'] }, /neither the identity nor the serial/],
  [{ organisations: ['Another'] }, /set CpoName/],
  [{ organisations: ['Depot', 'Another'] }, /set CpoName/],
  [{ key: { kind: 'RSASSA-PKCS1-v1_5', bits: 1024, curve: undefined } }, /2048 are the least/],
  [{ key: { kind: 'ECDSA', bits: undefined, curve: 'K-256' } }, /neither RSA/],
  [{ key: { kind: 'Ed25519', bits: undefined, curve: undefined } }, /neither RSA/],
])('%o is refused', (change, words) => expect(why(change)).toMatch(words))
