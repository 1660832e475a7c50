import { problem } from '#lib/api/problem.ts'

export const MOST_BYTES = 256 * 1024

/**
 * The JSON body of a request, read no further than 256 KiB whatever it claims its length to be.
 * @throws Problem `too-large`, or `invalid` when it is not JSON.
 */
export async function jsonBody(request: Request): Promise<unknown> {
  const text = await limitedText(request)
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw problem('invalid', 'The body is not JSON. Send an object with content-type application/json.')
  }
}

export async function limitedText(request: Request): Promise<string> {
  const tooLarge = () => problem('too-large', `The body is larger than ${MOST_BYTES / 1024} KiB. Send less at once.`)
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge()
  if (!request.body) return ''
  const reader = request.body.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  // the caller hung up half-way: nobody reads this answer, and it is no fault of ours
  const read = () =>
    reader.read().catch(() => {
      throw problem('invalid', 'The body ended before it was complete. Send it again.')
    })
  for (let part = await read(); !part.done; part = await read()) {
    size += part.value.byteLength
    if (size > MOST_BYTES) {
      await reader.cancel()
      throw tooLarge()
    }
    parts.push(part.value)
  }
  return new TextDecoder().decode(Buffer.concat(parts))
}
