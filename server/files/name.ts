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

/** For `Content-Disposition`: plain for old clients, exact for the rest (RFC 6266). */
export const asAttachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w. ()+-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`
