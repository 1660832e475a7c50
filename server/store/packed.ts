// Plans are lists of one value for each slot, most of which are the same as before, and lists of things of one kind. As they are stored a list of
// values is told in runs, and a list of things by columns; what comes out is what went in, to the last number.

const RUNS = '*runs'
const COLUMNS = '*columns'
const LEAST_VALUES = 8
const LEAST_THINGS = 4

type Thing = Record<string, unknown>

/** Plain data (as JSON has it) in the form in which it is stored. */
export const packed = (value: unknown): unknown => {
  if (Array.isArray(value)) return packedList(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key.startsWith('*') ? `*${key}` : key, packed(each)]])),
  )
}

/** The same back; what was stored before anything was packed stays as it is. */
export const unpacked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unpacked)
  if (typeof value !== 'object' || value === null) return value
  const thing = value as Thing
  if (RUNS in thing) return spread(thing[RUNS] as unknown[])
  if (COLUMNS in thing) return things(thing[COLUMNS] as Thing)
  return Object.fromEntries(Object.entries(thing).map(([key, each]) => [key.startsWith('**') ? key.slice(1) : key, unpacked(each)]))
}

function packedList(list: unknown[]): unknown {
  if (list.length >= LEAST_VALUES && list.every((each) => typeof each !== 'object')) {
    const runs = runsOf(list)
    return runs.length < list.length ? { [RUNS]: runs } : list
  }
  const keys = list.length >= LEAST_THINGS ? sharedKeys(list) : undefined
  if (!keys) return list.map(packed)
  return { [COLUMNS]: Object.fromEntries(keys.map((key) => [key, packedList(list.map((each) => (each as Thing)[key]))])) }
}

/** Value and how often it comes, one after the other. */
function runsOf(list: unknown[]): unknown[] {
  const runs: unknown[] = []
  for (let from = 0; from < list.length; ) {
    let until = from + 1
    while (until < list.length && list[until] === list[from]) until += 1
    runs.push(list[from], until - from)
    from = until
  }
  return runs
}

const spread = (runs: unknown[]): unknown[] =>
  runs.flatMap((value, i) => (i % 2 === 0 ? new Array<unknown>(runs[i + 1] as number).fill(value) : []))

/** The names that all things of a list have, where they have no others; none: it is no such list, or they cannot be told by columns. */
function sharedKeys(list: unknown[]): string[] | undefined {
  const [first] = list
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return undefined
  const keys = Object.keys(first)
  const isLike = (each: unknown): boolean => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return false
    const thing = each as Thing
    return Object.keys(thing).length === keys.length && keys.every((key) => thing[key] !== undefined)
  }
  return keys.length > 0 && keys.every((key) => !key.startsWith('*')) && list.every(isLike) ? keys : undefined
}

function things(columns: Thing): Thing[] {
  const lists = Object.entries(columns).map(([key, column]) => [key, unpacked(column) as unknown[]] as const)
  return Array.from({ length: lists[0]![1].length }, (_, i) => Object.fromEntries(lists.map(([key, list]) => [key, list[i]])))
}
