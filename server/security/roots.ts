import { createPublicKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Env } from '../env.ts'
import { keepKey, keptKey, writeWhole } from './kept-key.ts'
import { crossSign, type Issuer, makeRoot } from './x509.ts'

/** A root that chargers may trust, and whose client certificates are believed until it ends. */
export type Root = {
  id: string
  cert: string
  /** active: signs. next: chargers get it first. retired: believed, signs nothing. */
  state: 'active' | 'next' | 'retired'
  /** Made here; then every certificate of it stands in our books. */
  local: boolean
  endsAt: Instant
  /** Signed by the root before it, too. */
  crossSigned?: string
}

export type Roots = {
  all(): Root[]
  active(): Root
  next(): Root | undefined
  /** What signs: the active root, or the one given. */
  issuer(): Issuer
  issuerOf(root: Root): Issuer
  /** Makes the next root, if there is none. @throws Error for an authority that was given */
  makeNext(operator: string): Promise<Root>
  /** The next root signs from now on. @throws Error when there is none */
  useNext(): Root
}

const ROOT_LIFE = days(20 * 365)
/** Clocks of chargers may be behind. */
export const BACKDATED = days(1)

const kept = z.object({ active: z.string(), next: z.string().nullable(), retired: z.array(z.string()) })
type Kept = z.infer<typeof kept>

/** The authority that the operator brings (OCPP_CA_CERT, OCPP_CA_KEY), or one of our own in DATA_DIR, made when it is not there. @throws Error that says what to do */
export async function openRoots(
  env: Pick<Env, 'dataDir' | 'secret' | 'ocppCaCert' | 'ocppCaKey'>,
  operator: string,
  now: Instant,
): Promise<Roots> {
  const at = join(env.dataDir, 'security')
  mkdirSync(at, { recursive: true, mode: 0o700 })
  if (env.ocppCaCert && env.ocppCaKey) return givenRoots(readFileSync(env.ocppCaCert, 'utf8'), readFileSync(env.ocppCaKey, 'utf8'))
  const file = (name: string) => join(at, name)
  const known = existsSync(file('roots.json')) ? kept.parse(JSON.parse(readFileSync(file('roots.json'), 'utf8'))) : undefined

  async function make(): Promise<string> {
    const id = new Date(now).toISOString().slice(0, 10)
    const name = freeName(id, (each) => existsSync(file(`root-${each}.crt`)))
    const { cert, key } = await makeRoot(`Yardwatt root ${name}`, operator, { from: plus(now, -BACKDATED), until: plus(now, ROOT_LIFE) })
    keepKey(file(`root-${name}.key`), env.secret, key)
    writeWhole(file(`root-${name}.crt`), cert)
    return name
  }

  let state: Kept = known ?? { active: await make(), next: null, retired: [] }
  const save = (to: Kept) => {
    writeWhole(file('roots.json'), JSON.stringify(to))
    state = to
  }
  if (!known) save(state)
  const load = (id: string, as: Root['state']): Root => {
    const cert = readFileSync(file(`root-${id}.crt`), 'utf8')
    const crossed = file(`root-${id}.cross.crt`)
    return {
      id,
      cert,
      state: as,
      local: true,
      endsAt: instant(new X509Certificate(cert).validToDate),
      ...(existsSync(crossed) && { crossSigned: readFileSync(crossed, 'utf8') }),
    }
  }
  const read = (): Root[] => [
    load(state.active, 'active'),
    ...(state.next === null ? [] : [load(state.next, 'next')]),
    ...state.retired.map((id) => load(id, 'retired')),
  ]
  // read often, changed twice in twenty years
  let roots = read()
  // a key that cannot be opened is told at the start, not when a charger asks
  keptKey(file(`root-${state.active}.key`), env.secret)
  const issuerOf = ({ id, cert }: Root): Issuer => ({ cert, key: keptKey(file(`root-${id}.key`), env.secret) })
  const active = () => roots.find((each) => each.state === 'active')!
  const next = () => roots.find((each) => each.state === 'next')

  return {
    all: () => roots,
    active,
    next,
    issuer: () => issuerOf(active()),
    issuerOf,
    async makeNext() {
      const there = next()
      if (there) return there
      const id = await make()
      writeWhole(file(`root-${id}.cross.crt`), await crossSign(readFileSync(file(`root-${id}.crt`), 'utf8'), issuerOf(active())))
      save({ ...state, next: id })
      roots = read()
      return next()!
    },
    useNext() {
      if (state.next === null) throw new Error('There is no next root.')
      save({ active: state.next, next: null, retired: [state.active, ...state.retired] })
      roots = read()
      return active()
    },
  }
}

function givenRoots(chain: string, key: string): Roots {
  const certs = chain.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const signs = certs[0]
  if (!signs || !new X509Certificate(signs).ca) throw new Error('OCPP_CA_CERT holds no certificate of an authority.')
  if (!new X509Certificate(signs).publicKey.equals(createPublicKey(key))) throw new Error('OCPP_CA_KEY is not the key of OCPP_CA_CERT.')
  // the last one of the chain is what chargers trust; all are believed of clients
  const all = certs.map(
    (cert, index): Root => ({
      id: `given-${index}`,
      cert,
      state: index === 0 ? 'active' : 'retired',
      local: false,
      endsAt: instant(new X509Certificate(cert).validToDate),
    }),
  )
  const refuse = (): never => {
    throw new Error('The certificate authority was given (OCPP_CA_CERT): change it there.')
  }
  return {
    all: () => all,
    active: () => all[0]!,
    next: () => undefined,
    issuer: () => ({ cert: signs, key }),
    issuerOf: () => ({ cert: signs, key }),
    makeNext: refuse,
    useNext: refuse,
  }
}

const freeName = (wanted: string, taken: (name: string) => boolean): string => {
  for (let more = 1; ; more++) {
    const name = more === 1 ? wanted : `${wanted}-${more}`
    if (!taken(name)) return name
  }
}
