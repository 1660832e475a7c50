import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '#lib/api/contract.ts'
import { type Role, roles, scopes } from '#lib/auth/role.ts'
import { depot as noVehicles } from '#lib/planning/depot-fixture.ts'
import { plan } from '#lib/planning/plan.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { storePlan } from '#server/store/plan.ts'
import type { Door } from './route.ts'
import { EVENING, type Site, testSite } from './test-site.ts'

const ROOT = join(import.meta.dirname, '..', '..')
type Module = Record<string, unknown>

/** Every contract that `lib/api` exports, by name. */
async function contracts(): Promise<[string, Contract][]> {
  const files = readdirSync(join(ROOT, 'lib/api')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const modules = await Promise.all(files.map((file): Promise<Module> => import(pathToFileURL(join(ROOT, 'lib/api', file)).href)))
  const isContract = (each: unknown): each is Contract =>
    typeof each === 'object' && each !== null && 'method' in each && 'path' in each && 'output' in each
  return modules.flatMap((module) => Object.entries(module).filter((entry): entry is [string, Contract] => isContract(entry[1])))
}

/** The route file that serves a contract, as Next finds it. */
async function doorOf({ path, method }: Contract): Promise<Door> {
  const folder = path.replace(/:(\w+)/g, '[$1]')
  const module: Module = await import(pathToFileURL(join(ROOT, 'app', folder, 'route.ts')).href)
  return module[method] as Door
}

const SAMPLE: Record<string, string> = {
  depot: 'north',
  charger: 'charger-1',
  check: 'check-1',
  session: '1',
  kpi: 'availability',
  id: 'van-1',
  vehicle: 'van-1',
  duty: 'duty-1',
  token: 'token-1',
  idTag: 'CARD-1',
  setting: 'setting-1',
  reservation: '1',
  node: 'north-service',
  hours: 'hours-1',
  person: 'nobody',
  file: 'file-1',
  update: '1',
  plan: 'latest',
}
/** What tells a door which of its forms is meant. */
const NEEDED: Record<string, object> = { '/api/v1/commands': { kind: 'start' } }
const QUERY: Record<string, string> = { getMe: '?depot=north' }

const every = await contracts()

describe('every door of the API', () => {
  let site: Site
  const who: Record<string, Record<string, string>> = {}
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 11_400)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    const input = noVehicles(20, [])
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: EVENING, cause: 'test', input, plan: plan(input), tookMs: 1 })
    for (const role of roles) who[role] = await site.as(role, ['north'])
    for (const scope of scopes) who[scope] = await site.withKey([scope])
    who.nobody = {}
    site.answers.callable = () => ({ actions: [] })
  })

  async function knock(
    contract: Contract,
    headers: Record<string, string>,
    changed: Record<string, string> = {},
    sent: object = {},
    query = '',
  ): Promise<Response> {
    const door = await doorOf(contract)
    const given = { ...SAMPLE, ...changed }
    const names = [...contract.path.matchAll(/:(\w+)/g)].map((found) => found[1]!)
    const path = contract.path.replace(/:(\w+)/g, (_, name: string) => given[name]!)
    const name = every.find(([, each]) => each === contract)![0]
    const body = contract.method === 'GET' ? undefined : JSON.stringify(sent)
    const request = new Request(`http://depot.test${path}${query || (QUERY[name] ?? '')}`, {
      method: contract.method,
      headers: { host: 'depot.test', ...headers },
      body,
    })
    return door(request, { params: Promise.resolve(Object.fromEntries(names.map((each) => [each, given[each]!]))) })
  }

  test('there are doors, and each contract names who may enter', () => {
    expect(every.length).toBeGreaterThan(25)
    for (const [name, { roles: some, scope, open }] of every)
      expect([name, some !== undefined || scope !== undefined || open === true]).toEqual([name, true])
  })

  test.each(every)('%s is served by its route file with this very contract', async (_, contract) => {
    expect((await doorOf(contract)).contract).toBe(contract)
  })

  const closed = every.filter(([, { open }]) => !open)
  test.each(closed)('%s: unauthenticated is refused with 401', async (_, contract) => {
    const response = await knock(contract, {})
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect((await knock(contract, { authorization: 'Bearer yw_nobodysKey' })).status).toBe(401)
  })

  const cases = closed.flatMap(([name, contract]) => [...roles, ...scopes].map((as) => [name, as, contract] as const))
  test.each(cases)('%s as %s', async (_, as, contract) => {
    const allowed = (roles as readonly string[]).includes(as) ? contract.roles?.includes(as as Role) : contract.scope === as
    const response = await knock(contract, who[as]!)
    if (allowed) expect([401, 403, 405, 500]).not.toContain(response.status)
    else expect(response.status).toBe(403)
    if (allowed && contract.method === 'GET' && response.status === 200) {
      const body = await response.json()
      // the answer is what the contract says, and not one field more
      expect(contract.output.parse(body)).toEqual(body)
    }
  })

  const written = every.filter(([, { path, method, input }]) => path.startsWith('/api/v1/') && method !== 'GET' && input !== undefined)
  test.each(written)('%s: a field that it does not know is refused by its name', async (_, contract) => {
    const response = await knock(contract, who[contract.scope!]!, {}, { ...NEEDED[contract.path], nobodyKnowsThis: 1 })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { fields: object }).fields).toMatchObject({ nobodyKnowsThis: 'There is no such field.' })
  })

  const v1 = every.filter(([, { path }]) => path.startsWith('/api/v1/'))
  test.each(v1)('%s: a parameter that it does not know is refused by its name', async (_, contract) => {
    const response = await knock(contract, who[contract.scope!]!, {}, {}, '?nobodyKnowsThis=1')
    expect(response.status).toBe(400)
    expect(((await response.json()) as { fields: Record<string, string> }).fields.nobodyKnowsThis).toContain('There is no such parameter')
  })

  const ofDepots = every.filter(([, { path }]) => path.includes(':depot'))
  test.each(ofDepots)('%s: a depot without a right to it looks like one that is not there', async (_, contract) => {
    const role = contract.roles!.includes('manager') ? 'manager' : 'admin'
    const south = await knock(contract, who[role]!, { depot: 'south', charger: 'charger-50' })
    const nowhere = await knock(contract, who[role]!, { depot: 'nowhere' })
    expect([south.status, nowhere.status]).toEqual([404, 404])
    expect(((await south.json()) as { detail: string }).detail).toBe('There is no depot "south" among yours.')
  })

  test('what an operator may read of a running depot comes with 200', async () => {
    const readable = every.filter(
      ([, { method, roles: some, path }]) => method === 'GET' && some?.includes('manager') && !path.includes(':session'),
    )
    for (const [name, contract] of readable) {
      const response = await knock(contract, who.manager!)
      expect([name, response.status]).toEqual([name, 200])
    }
  })
})
