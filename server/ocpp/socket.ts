import { WebSocket } from 'ws'

/**
 * A charger's socket that answers a CALL once: the same message id again, while its first delivery is still at work, is heard only once
 * (docs/ocpp.md, fault 5: the library would refuse the second, and a charger takes a refusal for the answer).
 * Redelivery after the answer is the business of the records, which add nothing twice.
 */
export class ChargerSocket extends WebSocket {
  readonly atWork = new Set<string>()
  repeated = 0

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'message') {
      const id = callId(args[0])
      if (id !== undefined) {
        if (this.atWork.has(id)) {
          this.repeated++
          return true
        }
        if (this.atWork.size < MOST_AT_WORK) this.atWork.add(id)
      }
    }
    return super.emit(event, ...args)
  }

  override send(data: Parameters<WebSocket['send']>[0], ...rest: unknown[]): void {
    if (typeof data === 'string' && this.atWork.size > 0) {
      const id = ANSWER.exec(data)?.[1]
      if (id !== undefined) this.atWork.delete(unquoted(id))
    }
    Reflect.apply(super.send, this, [data, ...rest])
  }
}

const MOST_AT_WORK = 1000
const CALL = /^\s*\[\s*2\s*,\s*("(?:[^"\\]|\\.){1,255}")/
const ANSWER = /^\[[34],("(?:[^"\\]|\\.)*")/

function callId(data: unknown): string | undefined {
  if (!Buffer.isBuffer(data)) return undefined
  const head = CALL.exec(data.toString('utf8', 0, 600))?.[1]
  return head === undefined ? undefined : unquoted(head)
}

const unquoted = (text: string): string => {
  try {
    return JSON.parse(text) as string
  } catch {
    return text
  }
}
