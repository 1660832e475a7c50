/** A stable 64-bit hash of plain data, as 16 hex digits: object keys in any order, `undefined` as if absent. Not for secrets. */
export const digestOf = (value: unknown): string => {
  const state = { a: 0x811c9dc5, b: 0x01000193 }
  add(state, value)
  return [state.a, state.b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

type State = { a: number; b: number }

const add = (state: State, value: unknown): void => {
  if (Array.isArray(value)) {
    text(state, '[')
    list(state, value)
    text(state, ']')
  } else if (typeof value === 'object' && value !== null) {
    text(state, '{')
    for (const [key, each] of Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))) {
      if (each === undefined) continue
      text(state, JSON.stringify(key))
      text(state, ':')
      add(state, each)
    }
    text(state, '}')
  } else text(state, value === undefined ? 'null' : JSON.stringify(value))
}

const MOST_WHOLE = 2 ** 31
const [COMMA, MINUS, ZERO] = [44, 45, 48]

// most of an input is whole numbers: their digits are added without making them text
const list = (state: State, values: unknown[]): void => {
  let { a, b } = state
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]
    if (typeof value === 'number' && Number.isInteger(value) && value < MOST_WHOLE && value > -MOST_WHOLE) {
      if (value < 0) {
        a = Math.imul(a ^ MINUS, 0x01000193)
        b = Math.imul(b ^ MINUS, 0x5bd1e995) ^ (b >>> 15)
      }
      let rest = value < 0 ? -value : value
      let unit = 1
      while (rest / unit >= 10) unit *= 10
      for (; unit >= 1; unit = (unit / 10) | 0) {
        const digit = (rest / unit) | 0
        rest -= digit * unit
        a = Math.imul(a ^ (ZERO + digit), 0x01000193)
        b = Math.imul(b ^ (ZERO + digit), 0x5bd1e995) ^ (b >>> 15)
      }
    } else {
      state.a = a
      state.b = b
      add(state, value)
      a = state.a
      b = state.b
    }
    a = Math.imul(a ^ COMMA, 0x01000193)
    b = Math.imul(b ^ COMMA, 0x5bd1e995) ^ (b >>> 15)
  }
  state.a = a
  state.b = b
}

// two FNV-1a lanes with different primes
const text = (state: State, piece: string): void => {
  for (let i = 0; i < piece.length; i += 1) {
    const code = piece.charCodeAt(i)
    state.a = Math.imul(state.a ^ code, 0x01000193)
    state.b = Math.imul(state.b ^ code, 0x5bd1e995) ^ (state.b >>> 15)
  }
}
