/** Stands where a secret was. */
export const MASK = '••••••'

/** What secrets are called: AuthorizationKey, and what vendors name alike. */
const SECRET_NAME =
  /authorizationkey|password|passphrase|passwd|secret|credential|private_?key|api_?key|auth_?key|psk|(^|[^a-z])pin($|[^a-z])|pinCode/i
/** Words of a name that begin with a capital: SimPin, but no Spin. */
const PIN = /[a-z]P(?:in|IN)(?![a-z])/
const TOKENS_FACT = /ttl|length|timeout/i

/** Is the value of this configuration key a secret? In one pass, since a charger may send a key of any length. */
export const isSecretKey = (key: string): boolean => SECRET_NAME.test(key) || PIN.test(key) || namesToken(key)

function namesToken(key: string): boolean {
  const at = key.toLowerCase().lastIndexOf('token')
  return at >= 0 && !TOKENS_FACT.test(key.slice(at))
}

/** Of a text that is no message, and so cannot be masked part by part. */
export const namesSecret = (text: string): boolean => SECRET_NAME.test(text) || PIN.test(text)

type Payload = Record<string, unknown>
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A payload as it may be kept in the raw log: no key of a charger, no one-time address. `action` is unknown for answers, which are known by
 * their shape.
 */
export function withoutSecrets(action: string | null, payload: unknown): unknown {
  if (!isPayload(payload)) return Array.isArray(payload) ? payload.map((each) => withoutSecrets(action, each)) : payload
  if (action === 'ChangeConfiguration' && typeof payload.key === 'string' && isSecretKey(payload.key)) return { ...payload, value: MASK }
  // a maker's own message may hold anything
  if (action === 'DataTransfer' && typeof payload.data === 'string' && namesSecret(payload.data)) return { ...payload, data: MASK }
  if (Array.isArray(payload.configurationKey)) return { ...payload, configurationKey: payload.configurationKey.map(withoutValue) }
  if (action !== null && WITH_ADDRESS.has(action)) return withoutAddress(payload)
  return payload
}

const withoutValue = (item: unknown): unknown =>
  isPayload(item) && typeof item.key === 'string' && isSecretKey(item.key) && typeof item.value === 'string' && item.value !== ''
    ? { ...item, value: MASK }
    : item

/** These carry an address that opens a door once, or the password of a server. */
const WITH_ADDRESS = new Set(['GetDiagnostics', 'UpdateFirmware', 'SignedUpdateFirmware', 'GetLog'])

const withoutAddress = (payload: Payload): Payload =>
  Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      if (isPayload(value)) return [name, withoutAddress(value)]
      return [name, typeof value === 'string' && /location/i.test(name) ? shortAddress(value) : value]
    }),
  )

/** Scheme and host stay; who may open what does not. */
const shortAddress = (address: string): string => {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/@]*@)?([^/?#]*)(.*)$/is.exec(address)
  return parts ? `${parts[1]}${parts[2]}${parts[3] === '' || parts[3] === '/' ? parts[3] : `/${MASK}`}` : MASK
}
