import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Night } from './test-world.ts'

/** With NIGHT_TELL set, each five minutes: time, kW of all, and `power/limit` of every charger. For whoever looks into a night. */
export function tellNight({ depot }: Night, at: Instant): void {
  if (!process.env.NIGHT_TELL || at % minutes(5) !== 0) return
  const kw = (watts: number) => (watts / 1000).toFixed(1)
  const ports = depot.chargers.map((charger) => `${kw(charger.powerW())}/${kw(charger.limitW())}`)
  console.info(new Date(at).toISOString().slice(11, 16), kw(depot.meter.totalW()), ports.join(' '))
}
