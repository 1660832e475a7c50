import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { contract } from '#lib/api/contract.ts'
import { CallFailed, call, callUrl } from './call.ts'

const getBays = contract({
  method: 'GET',
  path: '/api/depots/:depot/bays',
  summary: 'Bays',
  params: z.object({ depot: z.string() }),
  input: z.object({ state: z.string().optional(), at: z.array(z.number()).optional() }),
  output: z.object({ bays: z.number() }),
})
afterEach(() => vi.unstubAllGlobals())
const answering = (body: unknown, status = 200) => vi.stubGlobal('fetch', async () => Response.json(body, { status }))

test('params fill the path, the input of a GET is its query, what is missing is left out', () => {
  expect(callUrl(getBays, { depot: 'north 1' }, { state: undefined, at: [1, 2] })).toBe('/api/depots/north%201/bays?at=1&at=2')
})

test('the answer is parsed by the contract', async () => {
  answering({ bays: 14, more: true })
  expect(await call(getBays, { params: { depot: 'n' } })).toEqual({ bays: 14 })
})

test('an answer that is not what the contract says becomes words, not a list of issues', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  answering({ bays: 'many' })
  await expect(call(getBays, { params: { depot: 'n' } })).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('Load the page anew'),
  })
  expect(told).toHaveBeenCalledOnce()
})

test('a problem keeps its code, words and fields', async () => {
  answering({ code: 'invalid', detail: 'Which depot?', fields: { depot: 'unknown' } }, 400)
  const failed = await call(getBays, { params: { depot: 'x' } }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(CallFailed)
  expect(failed).toMatchObject({ code: 'invalid', message: 'Which depot?', fields: { depot: 'unknown' } })
})

test('a server that is away is said as such', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('failed')))
  await expect(call(getBays, { params: { depot: 'x' } })).rejects.toMatchObject({ code: 'unreachable' })
})
