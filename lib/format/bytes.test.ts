import { expect, test } from 'vitest'
import { bytesText } from './bytes.ts'
import { THIN } from './number.ts'

test('sizes as file managers write them', () => {
  const sizes = [0, 512, 1024, 3_500, 12_900_000, 1_300_000_000]
  expect(sizes.map((bytes) => bytesText(bytes).replace(THIN, ' '))).toEqual(['0 B', '512 B', '1.0 KB', '3.4 KB', '12 MB', '1.2 GB'])
})
