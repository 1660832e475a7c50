import { z } from 'zod'
import type { Contract } from '#lib/api/contract.ts'
import * as dispatch from '#lib/api/dispatch.ts'
import * as firmware from '#lib/api/firmware.ts'
import * as token from '#lib/api/token.ts'
import * as charger from '#lib/api/v1-charger.ts'
import * as duty from '#lib/api/v1-duty.ts'
import * as plan from '#lib/api/v1-plan.ts'
import * as provisioning from '#lib/api/v1-provisioning.ts'
import * as reservation from '#lib/api/v1-reservation.ts'
import * as site from '#lib/api/v1-site.ts'
import { EXAMPLES } from './openapi-examples.ts'

/** Where contracts of the API for other systems are written; those of screens in the same files are left out. */
const ROOMS: Record<string, object> = {
  Dispatch: { ...dispatch, ...duty },
  Plan: plan,
  Chargers: { ...charger, ...provisioning },
  Reservations: reservation,
  Firmware: firmware,
  Tokens: token,
  Site: site,
}

type Door = { name: string; room: string; contract: Contract }

const isContract = (each: unknown): each is Contract => typeof each === 'object' && each !== null && 'method' in each && 'output' in each

/** Every door under /api/v1, by its export's name. */
export const v1Doors = (): Door[] =>
  Object.entries(ROOMS).flatMap(([room, contracts]) =>
    Object.entries(contracts).flatMap(([name, contract]: [string, unknown]) =>
      isContract(contract) && contract.path.startsWith('/api/v1/') ? [{ name, room, contract }] : [],
    ),
  )

/** OpenAPI 3.1 of the API for other systems, made from the contracts that the doors themselves obey. */
export function openApi(server: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const door of v1Doors()) {
    const path = door.contract.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [door.contract.method.toLowerCase()]: operation(door) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Yardwatt',
      version: '1',
      description:
        'Chargers, calls, reservations, tokens, telematics and dispatch. Moments in requests are ISO 8601 with offset (of firmware and tokens also UTC milliseconds), in answers UTC milliseconds; energies are Wh, powers W. Lists come in pages: go on with `cursor` = `next` until `next` is null. A body with a field or an address with a parameter that is not named here is refused (400), so that nothing misspelt is passed over; what is no door here is told as a problem too (404, 405). A key of one depot sees that depot only: everything else is answered as if it were not there.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    security: [{ apiKey: [] }],
    tags: Object.keys(ROOMS).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, yw_…: made under Settings or with `npm run -s key -- create --scopes …`.',
        },
      },
      schemas: { Problem: PROBLEM },
      responses: Object.fromEntries(
        PROBLEMS.map(([status, name, description, example]) => [name, problemResponse(status, description, example)]),
      ),
    },
  }
}

/** As server/http/respond.ts answers them (RFC 9457). */
const PROBLEM = {
  type: 'object',
  required: ['title', 'status', 'code', 'detail'],
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    code: {
      enum: [
        'invalid',
        'unauthenticated',
        'forbidden',
        'not-found',
        'not-allowed',
        'conflict',
        'too-large',
        'too-many',
        'unavailable',
        'internal',
      ],
    },
    detail: { type: 'string', description: 'What is wrong and what to do, in a sentence.' },
    fields: { type: 'object', additionalProperties: { type: 'string' }, description: 'A sentence for each wrong field, by its path.' },
  },
}

type Example = { title: string; code: string; detail: string; fields?: Record<string, string> }
const PROBLEMS: [number, string, string, Example][] = [
  [
    400,
    'Invalid',
    'The request is not valid; `fields` names what is wrong',
    {
      title: 'The request is not valid',
      code: 'invalid',
      detail: 'This is no Reset of OCPP 1.6. type: This field is required.',
      fields: { 'payload.type': 'This field is required.' },
    },
  ],
  [
    401,
    'Unauthenticated',
    'No key, or one that is unknown or revoked',
    { title: 'Not signed in', code: 'unauthenticated', detail: 'Send an API key: Authorization: Bearer yw_…' },
  ],
  [
    403,
    'Forbidden',
    'The key lacks the scope',
    { title: 'Not allowed', code: 'forbidden', detail: 'This API key lacks the scope calls:write.' },
  ],
  [
    404,
    'NotFound',
    'It is not there, or not of a depot of this key',
    { title: 'Not found', code: 'not-found', detail: 'There is no charger "C7".' },
  ],
  [
    409,
    'Conflict',
    'In conflict with what is there',
    {
      title: 'In conflict with what is there',
      code: 'conflict',
      detail: 'This Idempotency-Key was used for another request. Send a new key with a new request.',
    },
  ],
  [
    413,
    'TooLarge',
    'The body is larger than 256 KiB',
    { title: 'Too large', code: 'too-large', detail: 'The body is larger than 256 KiB. Send less at once.' },
  ],
  [
    503,
    'Unavailable',
    'The gateway or the database does not answer: try again in a moment',
    { title: 'Not available now', code: 'unavailable', detail: 'The database cannot be reached. Try again in a moment.' },
  ],
]

const problemResponse = (status: number, description: string, { title, code, detail, fields }: Example) => ({
  description,
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: { title, status, code, detail, ...(fields && { fields }) },
    },
  },
})

const MAY_REPEAT = {
  required: false,
  description: 'With one, a repeat gets the first one’s answer and does nothing again, unless we died in the very moment.',
}
const KEYED: Record<string, { required: boolean; description: string }> = {
  postLimitHours: MAY_REPEAT,
  postReservation: MAY_REPEAT,
  updateFirmwareByApi: MAY_REPEAT,
  postCommand: { required: true, description: 'New for each command; a repeat gets the same answer and makes no second call.' },
  postCall: { required: false, description: 'With one, a repeat gets the first one’s answer and makes no second call.' },
}

function operation({ name, room, contract }: Door): object {
  const { summary, scope, roles, params, input, output, path, method } = contract
  const inPath = params
    ? [...path.matchAll(/:(\w+)/g)].map(([, each]) => ({ name: each, in: 'path', required: true, schema: { type: 'string' } }))
    : []
  const keyed = KEYED[name]
  const header = keyed
    ? [{ name: 'Idempotency-Key', in: 'header', ...keyed, schema: { type: 'string', minLength: 1, maxLength: 200 } }]
    : []
  const example = EXAMPLES[name]
  const people = roles ? ` People with the role ${roles.join(' or ')} may as well, signed in.` : ''
  const body = method !== 'GET' && input
  const failures = [
    'Invalid',
    'Unauthenticated',
    'Forbidden',
    ...(params ? ['NotFound'] : []),
    ...(body ? ['Conflict', 'TooLarge'] : []),
    'Unavailable',
  ]
  const said = (schema: z.ZodType, io: 'input' | 'output', shown: unknown) => ({
    'application/json': {
      schema: io === 'input' ? z.toJSONSchema(schema, { io }) : sent(schema),
      ...(shown !== undefined && { example: shown }),
    },
  })
  return {
    operationId: name,
    tags: [room],
    summary,
    description: `Scope: \`${scope}\`.${people}`,
    'x-scope': scope,
    parameters: [...inPath, ...((method === 'GET' || method === 'DELETE') && input ? queryOf(input) : []), ...header],
    ...(body && { requestBody: { required: !input.safeParse({}).success, content: said(input, 'input', example?.input) } }),
    responses: {
      200: { description: 'Done', content: said(output, 'output', example?.output) },
      ...Object.fromEntries(
        PROBLEMS.filter(([, failure]) => failures.includes(failure)).map(([status, failure]) => [
          status,
          { $ref: `#/components/responses/${failure}` },
        ]),
      ),
      default: {
        description: 'Another problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

/** What an answer looks like before its reader parses it: no field more than it names. Documents of the planner judge some parts themselves. */
const sent = (schema: z.ZodType) =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema: { _zod }, jsonSchema }) => {
      if (_zod.def.type === 'object' && !('catchall' in _zod.def && _zod.def.catchall)) jsonSchema.additionalProperties = false
    },
  })

/** The fields of a GET's input travel in the query. */
function queryOf(input: z.ZodType): object[] {
  const schema = z.toJSONSchema(input, { io: 'input' }) as { properties?: Record<string, object>; required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, each]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: each,
  }))
}
