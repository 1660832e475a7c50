/** A file's name as a label: its last part, printable, without anything that a path or a header could be made of. Empty: it has none. */
export function displayName(given: string): string {
  let text = given
  try {
    text = decodeURIComponent(given)
  } catch {
    // taken as it is
  }
  const last = text.split(/[\\/]/).at(-1) ?? ''
  return last
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ ()+-]/gu, '_')
    .replace(/^[.\s]+/, '')
    .slice(0, 120)
    .trim()
}

/** `diag.tar.gz` has one, `CP.1 diagnostics 2026-11-23T0218` has none. */
const EXTENSION = /(\.tar)?\.[A-Za-z0-9]{1,8}$/

/**
 * The name of a log: ours (which charger, what, the depot's time), with the extension of the name that somebody gave it. Ten chargers that
 * all send `diag.zip` can so be told apart.
 */
export const namedAs = (ours: string, given: string): string =>
  EXTENSION.test(ours) ? ours : `${ours}${EXTENSION.exec(displayName(given))?.[0] ?? ''}`

/** How files of a kind begin, and where. */
const BEGINNINGS: [extension: string, at: number, bytes: number[]][] = [
  ['zip', 0, [0x50, 0x4b]],
  ['gz', 0, [0x1f, 0x8b]],
  ['bz2', 0, [0x42, 0x5a, 0x68]],
  ['xz', 0, [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['7z', 0, [0x37, 0x7a, 0xbc, 0xaf]],
  ['tar', 257, [0x75, 0x73, 0x74, 0x61, 0x72]],
]

/** The name of a log that nobody gave an extension, with one: by its first bytes (300 are enough), so that a computer knows how to open it. */
export function withExtension(name: string, head: Uint8Array): string {
  if (EXTENSION.test(name)) return name
  const found = BEGINNINGS.find(([, at, bytes]) => bytes.every((byte, i) => head[at + i] === byte))
  return `${name}.${found?.[0] ?? (head.includes(0) ? 'bin' : 'log')}`
}

/** For `Content-Disposition`: plain for old clients, exact for the rest (RFC 6266). */
export const asAttachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w. ()+-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`
