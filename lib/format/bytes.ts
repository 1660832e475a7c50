import { decimal, withUnit } from './number.ts'

/** `512 B`, `3.4 KB`, `12 MB`, `1.2 GB`, as file managers count: 1 KB is 1,024 B. */
export function bytesText(bytes: number, locale?: string): string {
  const at = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** at
  return withUnit(decimal(value, at === 0 || value >= 10 ? 0 : 1, locale), UNITS[at]!)
}
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB']
