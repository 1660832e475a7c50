import { describe, expect, test } from 'vitest'
import { currentText, energyText, kilowattsText, limitText, powerText } from './energy.ts'
import { centText, moneyChange, moneyExact, moneyText, priceText, unitPriceText } from './money.ts'
import { chargeToTarget, count, counted, decimal, percent, signed } from './number.ts'
import {
  ageText,
  clockText,
  dateText,
  dayText,
  latencyText,
  marginText,
  momentText,
  monthText,
  nearText,
  nearWindowText,
  shortDayText,
  spanText,
  windowText,
  zoneText,
} from './time.ts'

/** Thin and no-break spaces are read as plain ones, so that the expected words stay legible. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ')
const min = 60_000
const hour = 60 * min
const evening = Date.parse('2025-11-18T20:47:09Z')
const berlin = 'Europe/Berlin'

describe('numbers', () => {
  test.each([
    [1212, 0, '1,212'],
    [98.44, 1, '98.4'],
    [-3.25, 1, '−3.3'],
    [-0.04, 1, '0.0'],
  ])('decimal(%d, %d) is written %s', (value, digits, text) => expect(decimal(value, digits)).toBe(text))

  test('grouping follows the locale', () => expect(decimal(11720.5, 1, 'de')).toBe('11.720,5'))
  test('a thin space stands before a unit', () => expect(percent(47)).toBe('47\u202f%'))
  test('an unknown charge is ?, never 0', () => {
    expect(plain(chargeToTarget(null, 80))).toBe('? → 80 %')
    expect(plain(chargeToTarget(61.4, 90))).toBe('61 → 90 %')
  })
  test('a difference shows its sign, zero has none', () => {
    expect([signed(0.6, 1), signed(-23, 0), signed(-0.01, 1)]).toEqual(['+0.6', '−23', '0.0'])
  })
  test('one van, six vans', () => expect([counted(1, 'van'), counted(6, 'van'), count(0)]).toEqual(['1 van', '6 vans', '0']))
})

describe('power and energy', () => {
  test('power has one decimal', () => expect([kilowattsText(0), plain(powerText(64_440))]).toEqual(['0.0', '64.4 kW']))
  test('a limit is written as it was set', () => {
    expect([80_000, 19_200, 3_750, 0, 96_269].map((w) => plain(limitText(w)))).toEqual(['80 kW', '19.2 kW', '3.75 kW', '0 kW', '96.3 kW'])
  })
  test('energy drops its decimal from 100 kWh', () => {
    expect([42_840, 99_949, 99_950, 11_720_000].map((wh) => plain(energyText(wh)))).toEqual([
      '42.8 kWh',
      '99.9 kWh',
      '100 kWh',
      '11,720 kWh',
    ])
  })
  test('current', () => expect(plain(currentText(23_500))).toBe('23.5 A'))
})

describe('money', () => {
  test('cents up to 1,000, whole above', () => {
    expect([14_207, 99_999, 100_000, 336_400, -948].map((minor) => moneyText(minor, 'EUR'))).toEqual([
      '€142.07',
      '€999.99',
      '€1,000',
      '€3,364',
      '−€9.48',
    ])
  })
  test('dollars, and a currency without a sign of its own', () => {
    expect([moneyText(948, 'USD'), plain(moneyText(948, 'SEK'))]).toEqual(['$9.48', 'SEK 9.48'])
  })
  test('a change carries its sign', () => {
    expect([moneyChange(3_528, 'EUR'), moneyChange(-410, 'EUR'), moneyChange(0, 'EUR')]).toEqual(['+€35.28', '−€4.10', '€0.00'])
  })
  test('a bill line keeps its cents', () => expect(moneyExact(336_401, 'EUR')).toBe('€3,364.01'))
  test('a price is in hundredths with one decimal', () => {
    expect([plain(centText(198_000, 'EUR')), plain(priceText(198_000, 'USD')), unitPriceText(287_000, 'EUR')]).toEqual([
      '19.8 ct',
      '19.8 ¢/kWh',
      '€0.287',
    ])
  })
})

describe('time', () => {
  test('a clock is 24 h in the depot', () => {
    expect([clockText(evening, berlin), clockText(evening, 'America/Los_Angeles')]).toEqual(['21:47', '12:47'])
    expect([dayText(evening, berlin), momentText(evening, berlin)]).toEqual(['Tue 18 Nov', 'Tue 18 Nov, 21:47'])
    expect(dateText(evening, berlin)).toBe('18 Nov 2025')
    expect(windowText(evening, evening + 2 * hour, berlin)).toBe('21:47–23:47')
  })
  test('what is longer than a day, or lies further ahead, is told with its day', () => {
    expect(windowText(evening, evening + 60 * hour, berlin)).toBe('Tue 18 Nov, 21:47 – Fri 21 Nov, 09:47')
    const [friday, at] = [evening + 72 * hour, (hours: number) => evening + hours * hour]
    expect(nearWindowText(evening, at(8), evening, berlin)).toBe('21:47–05:47')
    expect(nearWindowText(friday, friday + 2 * hour, evening, berlin)).toBe('Fri 21 Nov, 21:47–23:47')
    expect(nearWindowText(at(-20), at(20), evening, berlin)).toBe('01:47–Wed 19 Nov, 17:47')
    expect(shortDayText(evening, berlin)).toBe('Tue 18')
  })
  test('a month has the name it has in the depot', () =>
    expect([monthText(evening, berlin), monthText(Date.parse('2025-11-30T23:30Z'), berlin)]).toEqual(['November', 'December']))
  test('a ticking clock may stand between two milliseconds', () => expect(clockText(evening + 0.25, berlin)).toBe('21:47'))
  test('the zone has the name it has on that day', () => {
    expect(zoneText(evening, berlin)).toBe('Europe/Berlin (CET)')
    expect(zoneText(Date.parse('2025-07-01T00:00Z'), berlin)).toBe('Europe/Berlin (CEST)')
    expect(zoneText(evening, 'America/Los_Angeles')).toBe('America/Los_Angeles (PST)')
  })
  test('the night ahead needs no day, last week does', () => {
    expect(nearText(evening + 9 * hour, evening, berlin)).toBe('06:47')
    expect(nearText(evening + 17 * hour, evening, berlin)).toBe('14:47')
    expect(nearText(evening + 18 * hour, evening, berlin)).toBe('Wed 19 Nov, 15:47')
    expect(nearText(evening - 7 * 24 * hour, evening, berlin)).toBe('Tue 11 Nov, 21:47')
  })
  test.each([
    [2_900, '2 s'],
    [25 * min, '25 min'],
    [2 * hour + 15 * min, '2 h 15'],
    [6 * hour + 5 * min, '6 h 05'],
    [3 * hour, '3 h'],
    [52 * hour, '2 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(plain(spanText(ms))).toBe(text))
  test('an age is never negative', () => {
    expect([plain(ageText(evening - 18 * min, evening)), plain(ageText(evening + 900, evening))]).toEqual(['18 min ago', '0 s ago'])
  })
  test('late and spare are words, not signs', () => {
    expect([-23 * min, 2 * hour + 15 * min, 20_000].map((ms) => plain(marginText(ms)))).toEqual([
      '23 min late',
      '2 h 15 spare',
      'just in time',
    ])
  })
  test('latency', () => expect([840, 6_240, 180_000].map((ms) => plain(latencyText(ms)))).toEqual(['840 ms', '6.2 s', '3 min']))
})
