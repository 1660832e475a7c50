/** How far a file has come, and what holds it up. */
export type UploadProgress = { sentBytes: number; waiting: boolean }

const TRIES = 8
const WAIT_MS = 2000

/**
 * Sends a file to a one-time address of ours. When the connection breaks, it asks how much has arrived and goes on from there.
 * @throws Error with the server's own sentence, or one of ours
 */
export async function upload(url: string, file: File, told: (progress: UploadProgress) => void, signal: AbortSignal): Promise<void> {
  let from = 0
  for (let attempt = 0; ; attempt++) {
    const answer = await put(url, file, from, (sentBytes) => told({ sentBytes, waiting: false }), signal)
    if (answer.status === 201) return
    if (signal.aborted) throw new Error('Stopped.')
    const again = answer.status === 0 || answer.status === 503 || answer.status === 409 || answer.status === 202
    if (!again) throw new Error(answer.text.trim() || `The server answered ${answer.status}.`)
    if (attempt >= TRIES) throw new Error('The connection breaks again and again. Look at it, then add the image anew.')
    told({ sentBytes: from, waiting: true })
    await new Promise((soon) => setTimeout(soon, WAIT_MS))
    from = await offset(url, from)
  }
}

const offset = (url: string, otherwise: number): Promise<number> =>
  fetch(url, { method: 'HEAD' }).then(
    (answer) => Number(answer.headers.get('upload-offset') ?? otherwise),
    () => otherwise,
  )

// fetch tells no progress of what it sends
function put(
  url: string,
  file: File,
  from: number,
  told: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((done) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal.addEventListener('abort', stop)
    request.upload.addEventListener('progress', ({ loaded }) => told(from + loaded))
    request.addEventListener('loadend', () => {
      signal.removeEventListener('abort', stop)
      done({ status: request.status, text: request.responseText })
    })
    request.open('PUT', url)
    request.setRequestHeader('content-type', 'application/octet-stream')
    if (from > 0) request.setRequestHeader('content-range', `bytes ${from}-${file.size - 1}/${file.size}`)
    request.send(from > 0 ? file.slice(from) : file)
  })
}
