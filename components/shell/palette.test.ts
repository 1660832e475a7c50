import { expect, test } from 'vitest'
import { matching } from './palette.tsx'

const places = [
  { href: '/plan', label: 'Plan', group: 'Page' },
  { href: '/board', label: 'Depot board', group: 'Page' },
  { href: '/plan?van=7', label: 'Van 07', group: 'Vehicle' },
  { href: '/chargers/07', label: 'Charger 07', group: 'Charger' },
]

test('every word typed must be in the name or its kind', () => {
  expect(matching(places, 'van 7').map((p) => p.label)).toEqual(['Van 07'])
  expect(matching(places, '07').map((p) => p.label)).toEqual(['Van 07', 'Charger 07'])
  expect(matching(places, 'zeppelin')).toEqual([])
})

test('a name that begins with the words comes first', () => expect(matching(places, 'char')[0]?.label).toBe('Charger 07'))
