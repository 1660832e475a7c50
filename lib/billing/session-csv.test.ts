import { expect, test } from 'vitest'
import { decimalText, safeText } from './session-csv.ts'

test.each([
  ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
  ['+49 30', "'+49 30"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', "'\rx"],
  ['\u0000=1', "'=1"],
  ['  =1', "'  =1"],
  ['＝1', "'＝1"],
  ['a=b', 'a=b'],
  ['Bo Berg-Ås', 'Bo Berg-Ås'],
])('%j as text is %j', (text, safe) => expect(safeText(text)).toBe(safe))
test('nothing is an empty cell', () => expect(safeText(null)).toBe(''))
test.each([
  [0, 2, '0.00'],
  [-5, 2, '-0.05'],
  [948, 2, '9.48'],
  [12_345_678, 3, '12345.678'],
])('%d with %d decimals is %s', (value, digits, text) => expect(decimalText(value, digits)).toBe(text))
