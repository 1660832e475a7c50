/** What a signing request of a charger says. */
export type RequestFacts = {
  names: readonly string[]
  organisations: readonly string[]
  key: { kind: string; bits: number | undefined; curve: string | undefined }
  proven: boolean
}

const CURVES = ['P-256', 'P-384', 'P-521']
/** OCPP security whitepaper, A00.FR.501: RSA keys of 2048 bits at least, elliptic curves of 224. */
const LEAST_RSA_BITS = 2048

/**
 * Why a charger's request is not signed, in a sentence; undefined: it is. Its CN is the charger's identity or serial (chargers were seen to
 * use either), its O the operator or nothing, its key strong enough, and the request signed with that very key.
 */
export function whyNotCertify(request: RequestFacts, own: readonly string[], operator: string): string | undefined {
  const { names, organisations, key, proven } = request
  if (!proven) return 'The request is not signed with the key that it asks to certify.'
  if (names.length !== 1) return 'The request must have one common name (CN): the identity or the serial of the charger.'
  if (!own.includes(names[0]!))
    return `The request names "${names[0]!.slice(0, 60)}", which is neither the identity nor the serial of the charger.`
  if (organisations.some((each) => each !== operator))
    return `The request names the organisation "${organisations[0]!.slice(0, 60)}", and the operator is "${operator}": set CpoName in the charger.`
  if (/^RSA/i.test(key.kind)) {
    if ((key.bits ?? 0) < LEAST_RSA_BITS) return `The key is RSA with ${key.bits ?? 'unknown'} bits; ${LEAST_RSA_BITS} are the least.`
    return undefined
  }
  if (!CURVES.includes(key.curve ?? '')) return 'The key is neither RSA nor of the curves P-256, P-384 and P-521.'
  return undefined
}
