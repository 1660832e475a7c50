import { createRequire } from 'node:module'
import { type SendableAction, sendableActions } from '#lib/ocpp/actions16.ts'
import { type MessageSchema, problemsIn } from '#lib/ocpp/message-schema.ts'

// The strict 1.6 schemas of what we may send, for people: what is wrong with a payload, and what a form asks for.

const all: (MessageSchema & { $id: string })[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
const SCHEMAS = new Map(
  sendableActions.map((action) => {
    const schema = all.find(({ $id }) => $id === `urn:${action}.req`)
    if (!schema) throw new Error(`ocpp-rpc has no schema of ${action}`)
    return [action, schema] as const
  }),
)

export const schemaOf = (action: SendableAction): MessageSchema => SCHEMAS.get(action)!

/** What is wrong with the payload of a message of ours, by field; empty: it may be sent. */
export const payloadProblems = (action: SendableAction, payload: unknown): Record<string, string> => problemsIn(schemaOf(action), payload)
