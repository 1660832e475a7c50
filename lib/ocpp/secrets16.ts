/** Stands where a secret was. */
export const MASK = '••••••'

/** Configuration keys whose value is a secret: AuthorizationKey, and what vendors name alike. */
const SECRET_KEY =
  /authorizationkey|password|passphrase|passwd|secret|credential|private_?key|api_?key|auth_?key|psk|(^|[^a-z])pin($|[^a-z])|pinCode|token(?!.*(ttl|length|timeout))/i

export const isSecretKey = (key: string): boolean => SECRET_KEY.test(key)

type Payload = Record<string, unknown>
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A payload as it may be kept in the raw log: no key of a charger, no one-time address. `action` is unknown for answers, which are known by
 * their shape.
 */
export function withoutSecrets(action: string | null, payload: unknown): unknown {
  if (!isPayload(payload)) return Array.isArray(payload) ? payload.map((each) => withoutSecrets(action, each)) : payload
  if (action === 'ChangeConfiguration' && typeof payload.key === 'string' && isSecretKey(payload.key)) return { ...payload, value: MASK }
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
