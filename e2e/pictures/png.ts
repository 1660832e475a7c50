import { constants, crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = 8

/** The same picture in fewer bytes: a browser packs its screenshots for speed. Chunks that only describe are left out. */
export function packed(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)]
  const head = chunks.find(({ type }) => type === 'IHDR')!.data
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  const options = { level: 9, memLevel: 9 }
  const best = [
    deflateSync(raw, options),
    deflateSync(raw, { ...options, strategy: constants.Z_FILTERED }),
    deflateSync(unfiltered(raw, head), options),
  ].reduce((a, b) => (b.length < a.length ? b : a))
  const small = Buffer.concat([png.subarray(0, SIGNATURE), chunk('IHDR', head), chunk('IDAT', best), chunk('IEND', Buffer.alloc(0))])
  return small.length < png.length ? small : png
}

function* chunksOf(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at)
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) }
    at += length + 12
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(data.length + 12)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4, 'latin1')
  data.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8)
  return out
}

/** Rows without their filters (PNG specification, 9.2): flat screens pack better so. 8 bits a channel, not interlaced. */
function unfiltered(raw: Buffer, head: Buffer): Buffer {
  const width = head.readUInt32BE(0)
  const bytes = { 0: 1, 2: 3, 4: 2, 6: 4 }[head[9]!]
  if (bytes === undefined || head[8] !== 8 || head[12] !== 0) return raw
  const row = width * bytes + 1
  const out = Buffer.from(raw)
  for (let start = 0; start < out.length; start += row) {
    const filter = out[start]!
    out[start] = 0
    for (let i = start + 1; i < start + row; i++) {
      const left = i - start > bytes ? out[i - bytes]! : 0
      const up = start > 0 ? out[i - row]! : 0
      const corner = start > 0 && i - start > bytes ? out[i - row - bytes]! : 0
      out[i] = out[i]! + guess(filter, left, up, corner)
    }
  }
  return out
}

function guess(filter: number, a: number, b: number, c: number): number {
  if (filter < 4) return filter === 0 ? 0 : filter === 1 ? a : filter === 2 ? b : (a + b) >> 1
  const p = a + b - c
  const [da, db, dc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return da <= db && da <= dc ? a : db <= dc ? b : c
}
