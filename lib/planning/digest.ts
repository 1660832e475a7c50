/** A stable 64-bit hash of plain data, as 16 hex digits: object keys in any order, `undefined` as if absent. Not for secrets. */
export const digestOf = (value: unknown): string => {
  const number = new Float64Array(1)
  const state: State = { a: 0x811c9dc5, b: 0x01000193, known: new Map(), number, halves: new Int32Array(number.buffer) }
  add(state, value)
  return [state.a, state.b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Two lanes; the words of texts seen before, since keys and names come again and again; and a number as its two halves. */
type State = { a: number; b: number; known: Map<string, [number, number]>; number: Float64Array; halves: Int32Array }

const [LIST, OBJECT, END, NUMBER, NONE, PART] = [1, 2, 3, 4, 5, 6]

const add = (state: State, value: unknown): void => {
  if (Array.isArray(value)) {
    word(state, LIST, value.length)
    list(state, value)
  } else if (typeof value === 'object' && value !== null) {
    word(state, OBJECT, OBJECT)
    const of = value as Record<string, unknown>
    for (const key of sorted(Object.keys(of))) {
      if (of[key] === undefined) continue
      text(state, key)
      add(state, of[key])
    }
    word(state, END, END)
  } else if (typeof value === 'number' && value === (value | 0)) word(state, NUMBER, value)
  else if (typeof value === 'number' && Number.isFinite(value)) {
    state.number[0] = value
    word(state, PART, PART)
    word(state, state.halves[0]!, state.halves[1]!)
    word(state, state.halves[1]!, state.halves[0]!)
  } else if (value === undefined || value === null) word(state, NONE, NONE)
  else text(state, typeof value === 'string' ? value : `\n${JSON.stringify(value)}`)
}

// most of an input is whole numbers, and most of these are those before them again
const list = (state: State, values: unknown[]): void => {
  let { a, b } = state
  for (let i = 0; i < values.length; ) {
    const value = values[i]
    if (typeof value === 'number' && value === (value | 0)) {
      const from = i
      i += 1
      while (i < values.length && values[i] === value) i += 1
      a = mixed(mixed(a, value), i - from)
      b = mixedOther(mixedOther(b, value), i - from)
      continue
    }
    state.a = a
    state.b = b
    add(state, value)
    a = state.a
    b = state.b
    i += 1
  }
  state.a = a
  state.b = b
}

const sorted = (keys: string[]): string[] => {
  for (let i = 1; i < keys.length; i += 1) if (keys[i]! < keys[i - 1]!) return keys.sort()
  return keys
}

const text = (state: State, piece: string): void => {
  let words = state.known.get(piece)
  if (!words) {
    let [a, b] = [piece.length, ~piece.length]
    for (let i = 0; i < piece.length; i += 1) {
      a = mixed(a, piece.charCodeAt(i))
      b = mixedOther(b, piece.charCodeAt(i))
    }
    words = [a, b]
    state.known.set(piece, words)
  }
  word(state, words[0], words[1])
}

const word = (state: State, a: number, b: number): void => {
  state.a = mixed(state.a, a)
  state.b = mixedOther(state.b, b)
}

// two lanes of multiplying and turning with different odd numbers (source: Appleby, MurmurHash3)
const mixed = (lane: number, value: number): number => {
  const next = Math.imul(lane ^ value, 0x85ebca6b)
  return (next << 13) | (next >>> 19)
}
const mixedOther = (lane: number, value: number): number => {
  const next = Math.imul(lane + value, 0xc2b2ae35)
  return next ^ (next >>> 15)
}
