import { z } from 'zod'
import type { Contract } from '#lib/api/contract.ts'
import { getCommand, postCommand, putDeparture, putVehicleState } from '#lib/api/dispatch.ts'
import * as provisioning from '#lib/api/v1-provisioning.ts'

const DOORS: Contract[] = [putVehicleState, putDeparture, postCommand, getCommand, ...Object.values(provisioning)]

/** OpenAPI 3.1 of the API for telematics and dispatch, made from the contracts that the doors themselves obey. */
export function openApi(server: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const door of DOORS) {
    const path = door.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [door.method.toLowerCase()]: operation(door) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Yardwatt: telematics and dispatch',
      version: '1',
      description: 'Moments are ISO 8601 with offset; energies Wh, powers W. Answers carry moments as UTC milliseconds.',
    },
    servers: [{ url: server }],
    security: [{ apiKey: [] }],
    paths,
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, yw_…, made under Settings.' } } },
  }
}

function operation({ summary, scope, params, input, output, path, method }: Contract): object {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description: 'New for each command; a repeat gets the same answer.',
    schema: { type: 'string', maxLength: 200 },
  }
  const json = (schema: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: z.toJSONSchema(schema, { io }) } })
  return {
    summary,
    description: `Scope: ${scope}`,
    parameters: params ? [...named, ...(method === 'POST' ? [key] : [])] : method === 'POST' ? [key] : [],
    ...(input && { requestBody: { required: true, content: json(input, 'input') } }),
    responses: {
      200: { description: 'Done', content: json(output, 'output') },
      default: { description: 'A problem (RFC 9457); `detail` says what to do', content: { 'application/problem+json': {} } },
    },
  }
}
