import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'

// The parts of ocpp-rpc that we use, typed: its own declarations leave these out or say `any`.

// Node cannot see all names that this CommonJS module exports
const library: typeof import('ocpp-rpc') = createRequire(import.meta.url)('ocpp-rpc')
export const { createRPCError, createValidator, NOREPLY, RPCServer, TimeoutError } = library

export type Handshake = { identity: string; password: Buffer | undefined; protocols: Set<string>; request: IncomingMessage }
/** `text`: the payload as the charger wrote it, as JSON. */
export type InboundCall = { messageId: string; method: string; params: Record<string, unknown>; text: string }
/** Takes a call: it does not throw; what fails is a promise that fails. */
export type CallHandler = (call: InboundCall) => Promise<unknown>
/** What becomes of a call that failed: what it gives back is the answer, what it throws the refusal. */
export type CallFailed = (error: unknown, messageId: string, method: string) => unknown
/** `odd`: for a person to look at; an answer that nobody asked for, or a message of a later edition, is none. */
export type BadMessage = { buffer: Buffer; error: Error; response: unknown[] | null; odd: boolean }

export type RpcClient = {
  readonly session: Record<string, unknown>
  readonly protocol: string
  on(event: 'close', listener: (closed: { code: number; reason: string }) => void): unknown
  on(event: 'message', listener: (message: { message: string; outbound: boolean }) => void): unknown
  on(event: 'call' | 'response', listener: (frame: { outbound: boolean; payload: unknown[] }) => void): unknown
  on(event: 'badMessage', listener: (bad: BadMessage) => void): unknown
  on(
    event: 'callError',
    listener: (failed: { outbound: boolean; messageId: string; method: string; params: unknown; error: Error }) => void,
  ): unknown
  on(event: 'socketError', listener: (error: Error) => void): unknown
  off(event: 'message', listener: (message: { message: string; outbound: boolean }) => void): unknown
  handle(handler: CallHandler, failed?: CallFailed): void
  call(method: string, params: unknown, options: { callTimeoutMs: number }): Promise<unknown>
  close(options: { code?: number; reason?: string; force?: boolean }): Promise<unknown>
}
