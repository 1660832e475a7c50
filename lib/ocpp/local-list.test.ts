import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '#lib/time/instant.ts'
import { changedList, fullList, type ListMessage, type ListToken, leastVersion, listed, listRoom } from './local-list.ts'

const token = (idTag: string, more: Partial<ListToken> = {}): ListToken => ({
  ...{ idTag, status: 'accepted', expiresAt: null, parentIdTag: null, usedAt: null },
  ...more,
})

/** A charger that follows OCPP 1.6 §5.15 to the letter. */
function charger() {
  const has = { version: 0, tags: new Map<string, string>() }
  const take = ({ listVersion, updateType, localAuthorizationList = [] }: ListMessage) => {
    if (updateType === 'Differential' && listVersion <= has.version) throw new Error('VersionMismatch')
    if (updateType === 'Full') has.tags = new Map()
    for (const { idTag, idTagInfo } of localAuthorizationList) {
      if (idTagInfo) has.tags.set(idTag, idTagInfo.status)
      else has.tags.delete(idTag)
    }
    has.version = listVersion
  }
  return { has, take }
}

test('room is read from the configuration; without the feature there is none', () => {
  const items = (keys: Record<string, string>) => Object.entries(keys).map(([key, value]) => ({ key, value, readonly: true }))
  const full = { SupportedFeatureProfiles: 'Core, LocalAuthListManagement', LocalAuthListMaxLength: '500', SendLocalListMaxLength: '50' }
  expect(listRoom(items(full))).toEqual({ most: 500, perMessage: 50 })
  expect(listRoom(items({ SupportedFeatureProfiles: 'LocalAuthListManagement' }))).toEqual({ most: 100, perMessage: 20 })
  expect(listRoom(items({ ...full, SupportedFeatureProfiles: 'Core' }))).toBeNull()
  expect(listRoom([])).toBeNull()
})

describe('who is in a list that has not room for all', () => {
  const used = (idTag: string, at: number, status = 'accepted') => token(idTag, { usedAt: instant(at), status })
  const all = [used('A', 1), used('B', 3), used('C', 2), used('X', 9, 'blocked'), token('D')]
  test('the most recently used; blocked ones last', () =>
    expect(listed(all, 3, 'known').map(({ idTag }) => idTag)).toEqual(['A', 'B', 'C']))
  test('where anyone may charge only the list keeps blocked ones out', () =>
    expect(listed(all, 2, 'anyone').map(({ idTag }) => idTag)).toEqual(['B', 'X']))
})

test('any changes in any parts lead to the same list as telling it whole, and each part of it has a version of its own', () => {
  const tag = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H')
  const change = fc.record({ idTag: tag, becomes: fc.constantFrom('accepted', 'blocked', 'gone') })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.nat(40), fc.integer({ min: 1, max: 5 }), (changes, upTo, perMessage) => {
      const room = { most: 100, perMessage }
      const state = (n: number) => {
        const tokens = new Map<string, ListToken>()
        for (const { idTag, becomes } of changes.slice(0, n)) {
          if (becomes === 'gone') tokens.delete(idTag)
          else tokens.set(idTag, token(idTag, { status: becomes }))
        }
        return tokens
      }
      const first = Math.min(upTo, changes.length)
      const base = 100 + first
      const before = [...state(first).values()]
      expect(leastVersion(before.length, room)).toBeLessThanOrEqual(base)
      const { has, take } = charger()
      for (const message of fullList(before, base, room)) take(message)
      expect(has.version).toBe(base)
      const later = changes.slice(first).map(({ idTag }, index) => ({ idTag, version: base + 1 + index }))
      const after = state(changes.length)
      const parts = changedList(later, after, room)
      for (const message of parts) take(message)
      expect(has.version).toBe(base + later.length)
      expect([...has.tags].sort()).toEqual(
        [...after.values()].map(({ idTag, status }) => [idTag, status === 'accepted' ? 'Accepted' : 'Blocked']).sort(),
      )
      for (const { localAuthorizationList = [] } of parts) expect(localAuthorizationList.length).toBeLessThanOrEqual(perMessage)
    }),
  )
})

test('expiry and group travel with the card', () => {
  const [message] = fullList([token('A', { expiresAt: instant('2027-01-01T00:00:00Z') as Instant, parentIdTag: 'P' })], 7, {
    most: 9,
    perMessage: 9,
  })
  expect(message).toEqual({
    listVersion: 7,
    updateType: 'Full',
    localAuthorizationList: [{ idTag: 'A', idTagInfo: { status: 'Accepted', expiryDate: '2027-01-01T00:00:00.000Z', parentIdTag: 'P' } }],
  })
  expect(fullList([], 3, { most: 9, perMessage: 9 })).toEqual([{ listVersion: 3, updateType: 'Full' }])
})
