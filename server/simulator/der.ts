// The few pieces of DER (X.690) that certificates and certificate requests are made of.

export type Piece = { tag: number; value: Buffer; whole: Buffer }

/** One element: its tag, its length and what it holds. */
export function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const value = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value])
}

function lengthOf(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size])
  const bytes = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

/** The elements one after another. @throws RangeError when they run over the end. */
export function pieces(bytes: Buffer): Piece[] {
  const found: Piece[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1)
    const sizeBytes = first < 0x80 ? 0 : first & 0x7f
    const from = at + 2 + sizeBytes
    const until = from + (sizeBytes === 0 ? first : bytes.readUIntBE(at + 2, sizeBytes))
    if (until > bytes.length) throw new RangeError('an element runs over the end')
    found.push({ tag: bytes.readUInt8(at), value: bytes.subarray(from, until), whole: bytes.subarray(at, until) })
    at = until
  }
  return found
}

export const SEQUENCE = 0x30
export const SET = 0x31
export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OBJECT_ID = 0x06
export const UTF8 = 0x0c
export const CONTEXT_0 = 0xa0

/** A bit string of whole bytes. */
export const bits = (bytes: Uint8Array): Buffer => element(BIT_STRING, Buffer.from([0]), bytes)
