import { afterEach, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { makeClock } from '#server/clock.ts'
import { type Charger, startCharger } from './charger.ts'
import type { Payload } from './frame.ts'
import type { Dialect } from './model.ts'
import { fixedLoad } from './vehicle.ts'

// How real chargers bend their meter values. The charger is offline: what it would say waits in its queue.

let charger: Charger
afterEach(() => charger.close())

async function sampleIn(...dialect: Dialect[]): Promise<{ timestamp: string; values: Payload[] }> {
  const clock = makeClock({ realMs: Date.now(), depotMs: instant('2026-03-10T20:00:00Z'), speed: 1e-9 })
  charger = startCharger({ url: 'ws://127.0.0.1:9', identity: 'C1', clock, driven: true, model: { dialect, tellsSoc: true } })
  charger.memory.configuration.AllowOfflineTxForUnknownId = 'true'
  charger.memory.configuration.MeterValuesSampledData = 'Energy.Active.Import.Register,Power.Active.Import,SoC'
  charger.memory.ports[0]!.registerWh = 30_600
  charger.plug({ ...fixedLoad(7_200.3), soc: () => 0.5 })
  await charger.swipe('VAN7')
  for (let s = 1; s <= 60; s++) charger.step(instant(Date.parse('2026-03-10T20:00:00Z') + s * 1000))
  const [sample] = charger.memory.queue.at(-1)!.payload.meterValue as [{ timestamp: string; sampledValue: Payload[] }]
  return { timestamp: sample.timestamp, values: sample.sampledValue }
}
const first = async (...dialect: Dialect[]) => (await sampleIn(...dialect)).values[0]

test('plain: by the book', async () => {
  const { timestamp, values } = await sampleIn()
  expect(timestamp).toBe('2026-03-10T20:01:00.000Z')
  expect(values).toEqual([
    { measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: '30720', context: 'Sample.Periodic' },
    { measurand: 'Power.Active.Import', unit: 'W', value: '7200.3', context: 'Sample.Periodic' },
    { measurand: 'SoC', unit: 'Percent', location: 'EV', value: '50', context: 'Sample.Periodic' },
  ])
})
test('kWh as a text', async () => expect(await first('kWhText')).toMatchObject({ unit: 'kWh', value: '30.720' }))
test('float noise', async () => expect(await first('kWhText', 'floatNoise')).toMatchObject({ value: '30.719999313354492' }))
test('no unit, no context', async () => expect(Object.keys((await first('noUnit', 'noContext'))!).sort()).toEqual(['measurand', 'value']))
test('SoC in %', async () => expect((await sampleIn('socPercentSign')).values[2]).toMatchObject({ unit: '%' }))
test('no milliseconds', async () => expect((await sampleIn('noMilliseconds')).timestamp).toBe('2026-03-10T20:01:00Z'))
test('an empty sample', async () => expect((await sampleIn('emptySampledValue')).values).toEqual([]))

test('clock-aligned samples come at the full quarter, with what is asked for then', async () => {
  await sampleIn()
  charger.memory.configuration.ClockAlignedDataInterval = '900'
  charger.memory.configuration.MeterValueSampleInterval = '0'
  for (let s = 61; s <= 1_805; s++) charger.step(instant(Date.parse('2026-03-10T20:00:00Z') + s * 1000))
  const samples = charger.memory.queue.flatMap((m) => (m.payload.meterValue ?? []) as { timestamp: string; sampledValue: Payload[] }[])
  const aligned = samples.filter((sample) => sample.sampledValue[0]?.context === 'Sample.Clock')
  expect(aligned.map((sample) => sample.timestamp)).toEqual(['2026-03-10T20:15:00.000Z', '2026-03-10T20:30:00.000Z'])
  expect(aligned[0]?.sampledValue.map((v) => v.measurand)).toEqual(['Energy.Active.Import.Register'])
})
