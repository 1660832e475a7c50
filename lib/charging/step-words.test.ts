import { expect, test } from 'vitest'
import { stepWords } from './step-words.ts'

test('a step is said in words: the charger’s own, the state’s, what its boot told, and what came too late', () => {
  expect(stepWords('failed', 'InvalidSignature', false)).toBe('Found the signature wrong')
  expect(stepWords('downloading', 'Downloading', false)).toBe('Fetches the image')
  expect(stepWords('installed', null, false)).toBe('Started with the new firmware')
  expect(stepWords('failed', null, false)).toBe('Started with the old firmware again')
  expect(stepWords('installed', 'Downloading', true)).toContain('after the end')
})
