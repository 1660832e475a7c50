import { expect, test } from 'vitest'
import { CallFailed } from './call.ts'
import { refusalText } from './refusal-text.ts'

const shown = ['name', 'capKw']

test('what stands at its field is not told once more in the names of programs', () => {
  const refused = new CallFailed('invalid', 'Correct this field. capKw: This must be a number.', { capKw: 'This must be a number.' })
  expect(refusalText(refused, shown)).toBe('Correct what is marked above.')
})

test('a field that the form does not show is told', () => {
  const detail = 'Correct these fields. capKw: This must be a number. phases: This must be one of 1, 3.'
  expect(refusalText(new CallFailed('invalid', detail, { capKw: 'x', phases: 'y' }), shown)).toBe(detail)
})

test('a sentence that somebody wrote stays', () => {
  expect(refusalText(new CallFailed('conflict', 'There is a depot of this name.', { name: 'Choose another.' }), shown)).toBe(
    'There is a depot of this name.',
  )
  expect(refusalText(new Error('No connection.'), shown)).toBe('No connection.')
})
