// Which keys a charger may have (OCPP 1.6 security whitepaper, AuthorizationKey): 16 to 20 bytes, told as 32 to 40 hexadecimal digits.
// As a Basic password chargers send either those digits or the bytes that they stand for, so text of 16 to 40 characters is allowed as well.

const HEX = /^(?:[0-9a-f]{2}){16,20}$/
const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const WEAK = [
  'password',
  'changeme',
  'charger',
  'chargepoint',
  'authorization',
  'yardwatt',
  'secret',
  'qwerty',
  'default',
  'admin',
  'letmein',
]

/** Fewer different characters than this is no key: one of 32 random digits has fewer in a millionth of cases. */
const LEAST_DIFFERENT = 8

/** Why `key` may not be the key of the charger `identity`, in a sentence that never repeats it; undefined: it may. */
export function whyNotKey(key: string, identity: string): string | undefined {
  if (key.length < 16 || key.length > 40) return 'A key has 16 to 40 characters, or 32 to 40 hexadecimal digits.'
  if (!PRINTABLE.test(key)) return 'A key has printable characters of ASCII only, with no space at its ends.'
  if (/^[0-9a-fA-F]+$/.test(key) && !HEX.test(key)) {
    if (key !== key.toLowerCase() && HEX.test(key.toLowerCase())) return 'Write hexadecimal digits in small letters.'
    return 'A hexadecimal key has 32 to 40 digits, an even number of them: 16 to 20 bytes.'
  }
  const plain = key.toLowerCase()
  const name = identity.toLowerCase()
  const inside = HEX.test(key) ? textOf(key).toLowerCase() : ''
  if (name.length >= 3 && (plain.includes(name) || inside.includes(name)))
    return 'The identity is part of it: whoever sees the charger could guess it.'
  if (new Set(plain).size < LEAST_DIFFERENT) return `It has fewer than ${LEAST_DIFFERENT} different characters.`
  if (isRow(plain) || isRepeated(plain)) return 'It is a row or a repetition of characters.'
  const common = WEAK.find((word) => plain.includes(word) && plain.length - word.length < 16)
  if (common !== undefined) return 'It is built around a word that is guessed first.'
  return undefined
}

/** As AuthorizationKey is sent: hexadecimal. Undefined: the text is longer than 20 bytes and cannot be told over OCPP. */
export function authorizationKeyOf(key: string): string | undefined {
  if (HEX.test(key)) return key
  return key.length <= 20 ? hexOf(key) : undefined
}

const textOf = (hex: string): string => (hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join('')
const hexOf = (text: string): string => [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')

/** `0123456789abcdef…`, up or down, for most of it. */
function isRow(text: string): boolean {
  let steps = 0
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1)
    const joint = 'a90'.includes(text[i]!) && 'f9z0a'.includes(text[i - 1]!)
    if (Math.abs(step) === 1 || joint) steps++
  }
  return steps >= (text.length - 1) * 0.8
}

/** The same at most half of it, again and again. */
const isRepeated = (text: string): boolean => {
  for (let period = 1; period <= text.length / 2; period++) {
    let same = true
    for (let i = period; same && i < text.length; i++) same = text[i] === text[i - period]
    if (same) return true
  }
  return false
}
