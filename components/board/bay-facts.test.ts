import { expect, test } from 'vitest'
import type { PortView } from '#lib/api/board.ts'
import { powerOfLimit } from './bay-facts.tsx'

const at = (powerW: number | null, acceptedW: number | null) =>
  powerOfLimit({ powerW, limit: { wantedW: acceptedW, sentW: acceptedW, acceptedW, seen: true } } as PortView)

test('what a port draws and what it may draw are rounded alike', () => {
  expect([at(17_760, 17_760), at(0, 0), at(16_800, 16_800), at(1_412, 1_440)]).toEqual([
    '17.8 / 17.8',
    '0.0 / 0.0',
    '16.8 / 16.8',
    '1.4 / 1.4',
  ])
})

test('what is not known is not 0', () => {
  expect([at(null, 11_500), at(null, null)]).toEqual(['? / 11.5', '? / –'])
})
