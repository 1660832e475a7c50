import type { Clock } from '../clock.ts'
import { demoStartTime, demoZone } from '../demo/depot.ts'
import type { Env } from '../env.ts'

export const DEMO_ZONE = demoZone
export const DEMO_START_TIME = demoStartTime
export async function prepareDemo(_url: string, _clock: Clock, _env: Env): Promise<string> {
  return ''
}
export function greeting(_env: Env, address: string, _clock: Clock): string {
  return `  Yardwatt is running: ${address}`
}
