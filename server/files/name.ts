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

/** `diag.zip` has one, `CP.1 diagnostics 2026-11-23T0218` has none. */
export const hasExtension = (name: string): boolean => /\.[A-Za-z0-9]{1,8}$/.test(name)

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
  if (hasExtension(name)) return name
  const found = BEGINNINGS.find(([, at, bytes]) => bytes.every((byte, i) => head[at + i] === byte))
  return `${name}.${found?.[0] ?? (head.includes(0) ? 'bin' : 'log')}`
}

/** For `Content-Disposition`: plain for old clients, exact for the rest (RFC 6266). */
export const asAttachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w. ()+-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`
