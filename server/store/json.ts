/**
 * A value as JSON text that PostgreSQL takes: it refuses NUL and half surrogates, which a charger may well send.
 * What cannot be written at all (nested too deep) becomes null.
 */
export function pgJson(value: unknown): string {
  return storedJson(written(value))
}

/** JSON text (or several of them in one) without what PostgreSQL refuses. */
export function storedJson(text: string): string {
  // JSON.stringify escapes exactly NUL and lone surrogates this way; an escaped backslash before it is somebody's text
  return UNWANTED.test(text) ? text.replace(EACH_UNWANTED, '$1\\ufffd') : text
}

const UNWANTED = /\\u(?:0000|d[89a-f])/i
const EACH_UNWANTED = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

export const written = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return 'null'
  }
}
