import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { answerHealth } from './health.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const TOKEN = 'a-token-of-some-length'
type World = { database?: boolean; gateway?: boolean; metricsToken?: string }

async function web({ database = true, gateway = true, metricsToken }: World = {}): Promise<string> {
  const registry = new Registry()
  new Counter({ name: 'yardwatt_web_seen', help: 'x', registers: [registry] }).inc(3)
  const runtime = {
    env: { metricsToken },
    db: { pool: { query: () => (database ? Promise.resolve() : Promise.reject(new Error('gone'))) } },
    gateway: {
      call: async (verb: string) =>
        gateway ? (verb === 'metrics' ? 'yardwatt_gateway_sockets 2\n' : 'pong') : Promise.reject(new Error('gone')),
    },
  }
  const server = createServer((request, response) => {
    if (!answerHealth(runtime, registry, request, response)) response.writeHead(404).end()
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('healthz says that the process lives, whatever else is broken', async () => {
  const answer = await fetch(`${await web({ database: false, gateway: false })}/healthz`)
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
})

test.each([
  [{}, 200, { database: true, gateway: true }],
  [{ database: false }, 503, { database: false, gateway: true }],
  [{ gateway: false }, 503, { database: true, gateway: false }],
])('readyz with %j answers %i', async (world, status, body) => {
  const answer = await fetch(`${await web(world)}/readyz`)
  expect([answer.status, await answer.json()]).toEqual([status, body])
})

test('metrics of both processes are one page for this machine', async () => {
  const answer = await fetch(`${await web()}/metrics`)
  expect(await answer.text()).toMatch(/yardwatt_web_seen 3\n[\s\S]*yardwatt_gateway_sockets 2\n$/)
  expect(answer.headers.get('content-type')).toContain('text/plain')
})

test('metrics are there while the gateway restarts', async () => {
  expect(await (await fetch(`${await web({ gateway: false })}/metrics`)).text()).toContain('yardwatt_web_seen 3')
})

test('through a proxy, metrics need the token', async () => {
  const url = `${await web({ metricsToken: TOKEN })}/metrics`
  const proxied = { 'X-Forwarded-For': '203.0.113.9' }
  expect((await fetch(url, { headers: proxied })).status).toBe(401)
  expect((await fetch(url, { headers: { ...proxied, Authorization: 'Bearer wrong' } })).status).toBe(401)
  expect((await fetch(url, { headers: { ...proxied, Authorization: `Bearer ${TOKEN}` } })).status).toBe(200)
})

test('other paths are not ours', async () => {
  expect((await fetch(`${await web()}/board`)).status).toBe(404)
})
