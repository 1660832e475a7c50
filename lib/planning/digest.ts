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
    for (const each of value) {
      add(state, each)
      text(state, ',')
    }
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

// two FNV-1a lanes with different primes
const text = (state: State, piece: string): void => {
  for (let i = 0; i < piece.length; i += 1) {
    const code = piece.charCodeAt(i)
    state.a = Math.imul(state.a ^ code, 0x01000193)
    state.b = Math.imul(state.b ^ code, 0x5bd1e995) ^ (state.b >>> 15)
  }
}
