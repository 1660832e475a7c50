// A WebSocket client of bytes, for the end of an in-memory line: RFC 6455 §5, as little of it as the fuzzer needs.

/** One frame of a client: masked with zeros, so that its payload stays as it is. */
export function clientFrame(opcode: number, payload: Buffer, fin = true): Buffer {
  const { length } = payload
  const head =
    length < 126
      ? Buffer.from([0, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0, 0xfe, length >> 8, length & 255])
        : Buffer.from([0, 0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255])
  head[0] = (fin ? 0x80 : 0) | opcode
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

/** Calls `heard` with each frame of a server, however it is cut. */
export function serverFrames(heard: (opcode: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (rest.length < 2) return
      const short = rest[1]! & 127
      const start = short === 127 ? 10 : short === 126 ? 4 : 2
      if (rest.length < start) return
      const length = short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short
      if (rest.length < start + length) return
      heard(rest[0]! & 15, rest.subarray(start, start + length))
      rest = rest.subarray(start + length)
    }
  }
}
