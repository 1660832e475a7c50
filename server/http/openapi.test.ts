import { expect, test } from 'vitest'
import { openApi } from './openapi.ts'

test('the OpenAPI document is made from the contracts: paths, parameters, the key, and schemas with their bounds', () => {
  const document = JSON.parse(JSON.stringify(openApi('http://depot.test')))
  expect(Object.keys(document.paths)).toEqual([
    '/api/v1/vehicles/{id}/state',
    '/api/v1/vehicles/{id}/departure',
    '/api/v1/commands',
    '/api/v1/commands/{id}',
  ])
  const state = document.paths['/api/v1/vehicles/{id}/state'].put
  expect(state.parameters).toEqual([{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }])
  const { schema } = state.requestBody.content['application/json']
  expect(schema.required).toEqual(['at'])
  expect(schema.properties.socPct).toMatchObject({ type: 'number', minimum: 0, maximum: 100 })
  const command = document.paths['/api/v1/commands'].post
  expect(command.parameters).toMatchObject([{ name: 'Idempotency-Key', required: true }])
  expect(command.requestBody.content['application/json'].schema.oneOf).toHaveLength(4)
  expect(command.responses[200].content['application/json'].schema.required).toContain('stamps')
})
