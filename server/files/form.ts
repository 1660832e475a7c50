import { problem } from '#lib/api/problem.ts'

const MOST_HEADERS = 16 * 1024
const MOST_AFTER = 64 * 1024

export const boundaryOf = (contentType: string | undefined): string | undefined => {
  const found = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/is.exec(contentType ?? '')
  return found?.[1] ?? found?.[2]
}

/**
 * The bytes of the first file in a multipart/form-data body, as they come; what else is in the form is passed over. `named` is told its name.
 * Some chargers send their logs as a browser's form would.
 * @throws Problem invalid for a form that breaks off or holds no file
 */
export async function* fileOfForm(source: AsyncIterable<Buffer>, boundary: string, named: (name: string) => void): AsyncGenerator<Buffer> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // the first delimiter has no line before it
  let held: Buffer = Buffer.from('\r\n')
  let at: 'before' | 'line' | 'headers' | 'body' | 'after' = 'before'
  let passed = 0
  for await (const chunk of source) {
    if (at === 'after') {
      passed += chunk.length
      if (passed > MOST_AFTER) throw problem('invalid', 'Too much follows the file in the form.')
      continue
    }
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (let more = true; more; ) {
      more = false
      if (at === 'before' || at === 'body') {
        const end = held.indexOf(delimiter)
        const sure = end >= 0 ? end : Math.max(0, held.length - delimiter.length + 1)
        if (at === 'body' && sure > 0) yield held.subarray(0, sure)
        held = held.subarray(end >= 0 ? end + delimiter.length : sure)
        if (end >= 0) {
          more = at === 'before'
          at = at === 'body' ? 'after' : 'line'
        }
      } else if (at === 'line') {
        if (held.subarray(0, 2).toString() === '--') throw problem('invalid', 'The form holds no file.')
        const end = held.indexOf('\r\n')
        if (end >= 0) {
          // its own line end stays, for a part without any header
          held = held.subarray(end)
          at = 'headers'
          more = true
        }
      } else if (at === 'headers') {
        const end = held.indexOf('\r\n\r\n')
        if (end < 0 && held.length > MOST_HEADERS) throw problem('invalid', 'The form cannot be read.')
        if (end >= 0) {
          const name = fileNameIn(held.subarray(0, end).toString('utf8'))
          held = held.subarray(end + 4)
          if (name !== undefined) named(name)
          at = name === undefined ? 'before' : 'body'
          more = true
        }
      }
    }
  }
  if (at !== 'after') throw problem('invalid', 'The form broke off before its end.')
}

function fileNameIn(headers: string): string | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? ''
  const found = /;\s*filename\*?=(?:"([^"]*)"|([^;\s]*))/i.exec(disposition)
  return found ? (found[1] ?? found[2] ?? '') : undefined
}
