import { expect, test } from 'vitest'
import { readDutyCsv } from './duty-csv.ts'

test('columns stand in any order, further ones are passed over, empty lines too', () => {
  const csv = '\ufeffkm,Vehicle,departs,depot,returns\r\n120,Van 01,2026-11-24 06:30,North,2026-11-24 16:00\r\n\r\n'
  expect(readDutyCsv(csv)).toEqual({
    kind: 'lines',
    lines: [{ kind: 'read', line: 2, vehicle: 'Van 01', departs: '2026-11-24 06:30', returns: '2026-11-24 16:00', km: 120 }],
  })
})

test('a block, tour or duty column is what people call the duty', () => {
  const read = readDutyCsv(
    'Block;vehicle;departs;returns;km\n7A;Van 01;2026-11-24 06:30;2026-11-24 16:00;120\n;Van 02;2026-11-24 06:30;2026-11-24 16:00;120',
  )
  expect(read).toMatchObject({ lines: [{ vehicle: 'Van 01', name: '7A' }, { vehicle: 'Van 02' }] })
})

test('a German file has semicolons and decimal commas; quotes keep a separator in the cell', () => {
  const read = readDutyCsv('vehicle;departs;returns;km\n"Van; ""big""";2026-11-24 06:30;2026-11-24 16:00;120,5\n')
  expect(read).toMatchObject({ lines: [{ vehicle: 'Van; "big"', km: 120.5 }] })
})

test('a bad line says what is wrong and keeps its number; the others are read', () => {
  const read = readDutyCsv(
    'vehicle,departs,returns,km\nVan 01,2026-11-24 06:30,,80\nVan 02,a,b,far\nVan 03,a,b,80\nVan 04,a,b,11,5\nVan 05,a,b,80,,\n',
  )
  expect(read).toMatchObject({
    lines: [
      { kind: 'bad', line: 2, why: 'returns is missing.' },
      { kind: 'bad', line: 3, why: '"far" is not a distance of 0 to 3000 km.' },
      { kind: 'read', line: 4 },
      { kind: 'bad', line: 5, why: 'It has 5 cells, the heading 4. Write a number such as 11,5 in quotes.' },
      { kind: 'read', line: 6 },
    ],
  })
})

test('a heading without the columns is refused as a whole, with the missing ones', () => {
  expect(readDutyCsv('van,start\n1,2')).toEqual({
    kind: 'refused',
    why: 'The first line must name the columns vehicle, departs, returns, km. Missing: vehicle, departs, returns, km.',
  })
  expect(readDutyCsv('').kind).toBe('refused')
})
