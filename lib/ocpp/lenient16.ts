// Real chargers bend the protocol in known, harmless ways (docs/ocpp.md, fault 9 and "What real chargers were seen to do").
// Their payloads are straightened in place before the strict schema sees them; what was done is told, so that it can be counted.

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const NO_ZONE = /^\d{4,6}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/
const UNITS = [
  'Wh',
  'kWh',
  'varh',
  'kvarh',
  'W',
  'kW',
  'VA',
  'kVA',
  'var',
  'kvar',
  'A',
  'V',
  'K',
  'Celcius',
  'Celsius',
  'Fahrenheit',
  'Percent',
]
const UNIT_OF = new Map(UNITS.map((unit) => [unit.toLowerCase(), unit]))
const CONTEXTS = new Set([
  'Interruption.Begin',
  'Interruption.End',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
  'Other',
])

/** Straightens `payload` of `action` in place. Returns names of what was bent, empty for a clean message. */
export function straighten(action: string, payload: unknown): string[] {
  if (!isObject(payload)) return []
  const bent = new Bent()
  dropNulls(payload, bent)
  cleanTexts(payload, bent)
  readableTime(payload, 'timestamp', bent)
  if (action === 'MeterValues') straightenMeterValues(payload.meterValue, bent)
  else if (action === 'StopTransaction') {
    straightenMeterValues(payload.transactionData, bent)
    wholeNumber(payload, 'meterStop', bent)
  } else if (action === 'StartTransaction') wholeNumber(payload, 'meterStart', bent)
  else if (action === 'StatusNotification') {
    shorten(payload, 'info', 50, bent)
    shorten(payload, 'vendorErrorCode', 50, bent)
  }
  return bent.names()
}

/** What was bent: of a clean message nothing is kept. */
class Bent {
  #names: Set<string> | undefined
  add(name: string) {
    this.#names ??= new Set()
    this.#names.add(name)
  }
  names(): string[] {
    return this.#names ? [...this.#names] : []
  }
}

const MOST_EXTRAS = 10

/**
 * Takes out of `payload`, in place, what its JSON schema does not know and does not allow. Returns the names (at most ten are named),
 * such as `vendorTemp` or `meterValue.sampledValue.quality`.
 */
export function dropExtras(schema: unknown, payload: unknown): string[] {
  const dropped = new Set<string>()
  drop(schema, payload, '', dropped)
  return [...dropped]
}

function drop(schema: unknown, value: unknown, path: string, dropped: Set<string>) {
  if (!isObject(schema)) return
  if (Array.isArray(value)) {
    for (const item of value) drop(schema.items, item, path, dropped)
    return
  }
  if (!isObject(value) || !isObject(schema.properties)) return
  for (const key of Object.keys(value)) {
    const name = path === '' ? key : `${path}.${key}`
    if (Object.hasOwn(schema.properties, key)) drop(schema.properties[key], value[key], name, dropped)
    else if (schema.additionalProperties === false) {
      delete value[key]
      if (dropped.size < MOST_EXTRAS) dropped.add(name.slice(0, 80).toWellFormed().replaceAll('\0', ''))
    }
  }
}

function straightenMeterValues(list: unknown, bent: Bent) {
  if (!Array.isArray(list)) return
  for (const item of list) {
    if (!isObject(item)) continue
    dropNulls(item, bent)
    readableTime(item, 'timestamp', bent)
    if (item.sampledValue === undefined) {
      item.sampledValue = []
      bent.add('noSampledValue')
    }
    if (!Array.isArray(item.sampledValue)) continue
    if (item.sampledValue.length === 0) bent.add('noSampledValue')
    for (const sample of item.sampledValue) if (isObject(sample)) straightenSample(sample, bent)
  }
}

function straightenSample(sample: Json, bent: Bent) {
  dropNulls(sample, bent)
  if (typeof sample.value === 'number') {
    sample.value = String(sample.value)
    bent.add('numberForText')
  }
  if (sample.unit === '%') {
    sample.unit = 'Percent'
    bent.add('percentSign')
  } else if (typeof sample.unit === 'string' && !UNITS.includes(sample.unit)) {
    const meant = UNIT_OF.get(sample.unit.trim().toLowerCase())
    if (meant) sample.unit = meant
    else if (sample.unit.trim() === '') delete sample.unit
    else return
    bent.add('unitSpelling')
  }
  if (typeof sample.context === 'string' && !CONTEXTS.has(sample.context)) {
    sample.context = 'Other'
    bent.add('unknownContext')
  }
}

function readableTime(holder: Json, key: string, bent: Bent) {
  const text = holder[key]
  // the usual case is told from the text alone, and by the clock's own reader
  if (typeof text !== 'string' || (PLAIN_TIME.test(text) && Number.isFinite(Date.parse(text)))) return
  const zoned = NO_ZONE.test(text.trim()) ? `${text.trim().replace(' ', 'T')}Z` : text
  if (zoned !== text) bent.add('timeWithoutZone')
  const at = new Date(zoned)
  if (Number.isNaN(at.getTime())) {
    // kept and flagged by the reader of times; the strict schema would drop the whole message
    holder[key] = UNREADABLE_TIME
    bent.add('unreadableTime')
    return
  }
  const year = at.getUTCFullYear()
  if (year < 1 || year > 9999) {
    holder[key] = year < 1 ? '0001-01-01T00:00:00.000Z' : '9999-12-31T23:59:59.000Z'
    bent.add('absurdTime')
  } else if (zoned !== text || !STRICT_TIME.test(text)) holder[key] = at.toISOString()
}
/** With a year that every reader takes. */
const PLAIN_TIME = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const STRICT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Passes the schema; `deviceTime` sees a moment that no clock tells. */
export const UNREADABLE_TIME = '0001-01-01T00:00:00.000Z'

function wholeNumber(holder: Json, key: string, bent: Bent) {
  const value = holder[key]
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || (Number.isSafeInteger(number) && number === value)) return
  holder[key] = Math.round(Math.max(-MOST_WH, Math.min(MOST_WH, number)))
  bent.add(Math.abs(number) > MOST_WH ? 'absurdMeter' : 'meterNotWhole')
}
/** A million years of a big charger, and still exact in a double and a bigint. */
const MOST_WH = 1e15

function shorten(holder: Json, key: string, most: number, bent: Bent) {
  const text = holder[key]
  if (typeof text !== 'string' || text.length <= most) return
  holder[key] = text.slice(0, most)
  bent.add('textTooLong')
}

/** PostgreSQL keeps no NUL and no half characters. */
function cleanTexts(holder: Json, bent: Bent) {
  for (const key in holder) {
    const text = holder[key]
    if (typeof text !== 'string' || (!text.includes('\0') && text.isWellFormed())) continue
    holder[key] = text.replaceAll('\0', '\ufffd').toWellFormed()
    bent.add('brokenText')
  }
}

function dropNulls(holder: Json, bent: Bent) {
  for (const key in holder)
    if (holder[key] === null) {
      delete holder[key]
      bent.add('nullForAbsent')
    }
}
