import { describe, expect, test } from 'vitest'
import { changesSaid, type PortWord } from './changes-said.ts'
import { filterPorts, portCounts } from './port-filter.ts'
import { portViewFixture } from './port-view-fixture.ts'

const ports = [
  portViewFixture({ id: 'a', bay: '01' }),
  portViewFixture({ id: 'b', bay: '02', mark: 'caution', word: 'Not drawing', needsAction: true }),
  portViewFixture({ id: 'c', bay: '03', mark: 'critical', word: 'Fault', needsAction: true }),
  portViewFixture({ id: 'd', bay: '04', mark: 'standby', word: 'Free' }),
]

describe('filter', () => {
  test('needs action keeps the order of the bays', () => expect(filterPorts(ports, 'action').map((p) => p.bay)).toEqual(['02', '03']))
  test('each filter is counted; its mark is the worst', () =>
    expect(portCounts(ports)).toEqual({ all: 4, action: 2, charging: 1, worst: 'critical' }))
})

describe('what is said aloud', () => {
  const words = (...states: string[]): Map<string, PortWord> =>
    new Map(states.map((word, n) => [`p${n}`, { bay: `0${n}`, word, van: n === 0 ? 'Van 07' : null }]))
  test('only what changed', () => expect(changesSaid(words('Charging', 'Free'), words('Fault', 'Free'))).toBe('Bay 00, Van 07: Fault.'))
  test('nothing when nothing changed, nor for a board seen the first time', () => {
    expect(changesSaid(words('Free'), words('Free'))).toBe('')
    expect(changesSaid(new Map(), words('Fault'))).toBe('')
  })
  test('many changes are counted, not listed', () =>
    expect(changesSaid(words('a', 'a', 'a'), words('b', 'b', 'b'), 1)).toBe('Bay 00, Van 07: b. 2 more bays changed.'))
})
