import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { v1Doors } from '../http/openapi.ts'
import { answerUnknownDoor } from './unknown-door.ts'

let server: Server
let root: string
beforeAll(async () => {
  server = createServer((request, response) => {
    if (!answerUnknownDoor(request, response)) response.writeHead(204).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
const ask = (path: string, method = 'GET') => fetch(`${root}${path}`, { method })

test.each(['/api/v1', '/api/v1/', '/api/v1/charger', '/api/v1/chargers/C1/nothing', '/api/v1/chargers/C1/calls/7?x=1'])(
  '%s is no door: a problem as every other, and not a page',
  async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'not-found', detail: expect.stringContaining('/api/v1/openapi.json') })
  },
)

test('a door that is asked in another way says how it is asked', async () => {
  const answer = await ask('/api/v1/chargers/C1', 'POST')
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'DELETE, GET, PUT'])
  expect(await answer.json()).toMatchObject({
    code: 'not-allowed',
    detail: '/api/v1/chargers/C1 is asked with DELETE, GET, PUT, not with POST.',
  })
  expect((await ask('/api/v1/openapi.json', 'PUT')).status).toBe(405)
})

test('every door of the document is let through, and what is not under /api/v1', async () => {
  for (const { contract } of v1Doors())
    expect([contract.path, (await ask(`${contract.path.replace(/:\w+/g, 'a.b%20c')}?x=1`, contract.method)).status]).toEqual([
      contract.path,
      204,
    ])
  for (const path of ['/api/v1/openapi.json', '/api/v1/chargers/', '/api/v10/x', '/api/depots/north', '/chargers'])
    expect([path, (await ask(path)).status]).toEqual([path, 204])
  expect((await ask('/api/v1/chargers', 'HEAD')).status).toBe(204)
})
