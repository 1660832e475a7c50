import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Contract } from '#lib/api/contract.ts'
import { openApi, v1Doors } from './openapi.ts'
import { EXAMPLES } from './openapi-examples.ts'

type Content = Record<string, { schema: Record<string, unknown>; example?: unknown }>
type Operation = {
  operationId: string
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[]
  requestBody?: { content: Content }
  responses: Record<string, { $ref?: string; content?: Content }>
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: object; responses: Record<string, { content: Content }> }
}

const document = JSON.parse(JSON.stringify(openApi('http://depot.test'))) as Document
const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

/** JSON Schema 2020-12, which OpenAPI 3.1 is written in; it comes with the library that checks OCPP messages. */
const library = createRequire(createRequire(import.meta.url).resolve('ocpp-rpc'))
const Ajv = library('ajv/dist/2020').default as new (
  options: object,
) => { compile(schema: object): ((value: unknown) => boolean) & { errors?: unknown } }
const addFormats = library('ajv-formats') as (ajv: object) => void

test('every contract of the API for other systems is in it, with the scope it asks for', async () => {
  const folder = join(import.meta.dirname, '..', '..', 'lib/api')
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const modules = await Promise.all(
    files.map((file): Promise<Record<string, Contract | undefined>> => import(pathToFileURL(join(folder, file)).href)),
  )
  const written = modules
    .flatMap((all) => Object.entries(all))
    .flatMap(([name, each]) => (each?.path?.startsWith('/api/v1/') ? [name] : []))
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(written.sort())
  for (const { name, contract } of v1Doors()) expect([name, contract.scope === undefined]).toEqual([name, false])
})

test('paths, parameters in path and query, the key, and schemas with their bounds', () => {
  const state = document.paths['/api/v1/vehicles/{id}/state']!.put!
  expect(state.parameters).toEqual([{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }])
  const { schema } = state.requestBody!.content['application/json']!
  expect(schema).toMatchObject({ required: ['at'], properties: { socPct: { type: 'number', minimum: 0, maximum: 100 } } })
  expect(document.paths['/api/v1/commands']!.post!.parameters).toMatchObject([{ name: 'Idempotency-Key', required: true }])
  const duties = document.paths['/api/v1/duties']!.post!.requestBody!.content['application/json']!.schema
  expect(duties).toMatchObject({
    properties: { duties: { maxItems: 1000, items: { required: expect.arrayContaining(['vehicleId', 'departsAt']) } } },
  })
  const calls = document.paths['/api/v1/chargers/{charger}/calls']!.post!
  expect(calls.parameters).toMatchObject([
    { name: 'charger', in: 'path' },
    { name: 'Idempotency-Key', required: false },
  ])
  for (const path of ['/api/v1/nodes/{node}/limit-hours', '/api/v1/chargers/{charger}/reservations', '/api/v1/chargers/{charger}/firmware'])
    expect(document.paths[path]!.post!.parameters.map(({ name }) => name)).toContain('Idempotency-Key')
  expect(calls.requestBody!.content['application/json']!.schema).toMatchObject({
    properties: { action: { enum: expect.arrayContaining(['GetLog']) } },
  })
  const messages = document.paths['/api/v1/chargers/{charger}/messages']!.get!
  expect(messages.parameters.filter((each) => each.in === 'query').map(({ name }) => name)).toEqual([
    'search',
    'action',
    'direction',
    'since',
    'until',
    'cursor',
    'take',
  ])
  expect(Object.keys(calls.responses)).toEqual(['200', '400', '401', '403', '404', '409', '413', '503', 'default'])
})

describe('each schema is JSON Schema, and each example is of its schema', () => {
  const ajv = () => {
    const made = new Ajv({ strict: false, allErrors: true })
    addFormats(made)
    return made
  }
  test.each(operations.map((each) => [each.operationId, each] as const))('%s', (_, { requestBody, responses, parameters }) => {
    const contents = [requestBody?.content, responses['200']?.content].flatMap((content) => Object.values(content ?? {}))
    for (const { schema, example } of contents) {
      const valid = ajv().compile(schema)
      if (example !== undefined) expect([valid(example), valid.errors]).toEqual([true, null])
    }
    for (const { schema } of parameters) ajv().compile(schema)
    for (const { $ref } of Object.values(responses))
      if ($ref) expect(document.components.responses).toHaveProperty($ref.replace('#/components/responses/', ''))
  })

  test('the problems as well', () => {
    for (const { content } of Object.values(document.components.responses)) {
      const { example } = content['application/problem+json']!
      const valid = ajv().compile((document.components.schemas as { Problem: object }).Problem)
      expect([valid(example), valid.errors]).toEqual([true, null])
    }
  })
})

test('each example passes the contract it is of', () => {
  const doors = new Map(v1Doors().map(({ name, contract }) => [name, contract]))
  for (const [name, { input, output }] of Object.entries(EXAMPLES)) {
    const contract = doors.get(name)
    expect([name, contract !== undefined]).toEqual([name, true])
    if (input !== undefined) contract!.input!.parse(input)
    if (output !== undefined) expect(contract!.output.parse(output)).toEqual(output)
  }
})
