import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { smallDepot } from '#server/live/test-depot.ts'
import { EVENING, testSite } from './test-site.ts'

// R37 (d): nobody learns the name of a charger without proving who he is. Every route file is knocked at with every method it has.

const site = await testSite()
await smallDepot(site.db, EVENING)
const API = join(import.meta.dirname, '..', '..', 'app', 'api')
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const
type Answering = (request: Request, context: { params: Promise<Record<string, string | string[]>> }) => Promise<Response>

const routes = readdirSync(API, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(`${sep}route.ts`))

test('there are charger names to be found', async () => {
  expect(await site.db.prisma.charger.count()).toBeGreaterThan(0)
  expect(routes.length).toBeGreaterThan(40)
})

test.each(routes)('%s tells no charger to nobody', async (file) => {
  const chargers = await site.db.prisma.charger.findMany({ select: { id: true, identity: true, name: true } })
  const names = chargers.flatMap(({ id, identity, name }) => [id, identity, name])
  const module = (await import(pathToFileURL(join(API, file)).href)) as Record<string, Answering | undefined>
  const params = Object.fromEntries(
    [...file.matchAll(/\[(?:\.\.\.)?(\w+)\]/g)].map(([whole, name]) => [name, whole.startsWith('[...') ? ['session'] : 'x']),
  )
  for (const method of METHODS) {
    const door = module[method]
    if (!door) continue
    const request = new Request(`http://depot.test/api/${file.split(sep).slice(0, -1).join('/')}`, {
      method,
      headers: { host: 'depot.test', origin: 'http://depot.test', 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: '{}' }),
    })
    const response = await door(request, { params: Promise.resolve(params) })
    const said = await response.text()
    expect([method, response.status, names.filter((name) => said.includes(name))]).toEqual([method, response.status, []])
  }
})
