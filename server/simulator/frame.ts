// OCPP-J framing by hand (OCPP-J 1.6 §4.2): faults must be able to break it, so no library sits in between.

export type Payload = Record<string, unknown>
export type Frame =
  | { kind: 'call'; id: string; action: string; payload: Payload }
  | { kind: 'result'; id: string; payload: Payload }
  | { kind: 'error'; id: string; code: string; description: string }

export const callText = (id: string, action: string, payload: Payload): string => JSON.stringify([2, id, action, payload])
export const resultText = (id: string, payload: Payload): string => JSON.stringify([3, id, payload])
export const errorText = (id: string, code: string, description: string): string => JSON.stringify([4, id, code, description, {}])

/** Reads one text frame; `undefined` for anything that is not OCPP-J. */
export function readFrame(text: string): Frame | undefined {
  const parts = parse(text)
  if (!Array.isArray(parts) || typeof parts[1] !== 'string') return undefined
  const [type, id] = parts
  if (type === 2 && typeof parts[2] === 'string' && isPayload(parts[3])) return { kind: 'call', id, action: parts[2], payload: parts[3] }
  if (type === 3 && isPayload(parts[2])) return { kind: 'result', id, payload: parts[2] }
  if (type === 4) return { kind: 'error', id, code: String(parts[2] ?? ''), description: String(parts[3] ?? '') }
  return undefined
}

const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
