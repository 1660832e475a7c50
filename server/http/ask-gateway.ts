import type { VerbInputs, VerbName, VerbOutputs } from '#server/gateway/verbs.ts'
import type { Runtime } from '#server/runtime.ts'

/** Runs a verb where the sockets are. Types only from there: the gateway's code is not for the web's bundle. @throws Problem, `unavailable` too */
export const askGateway = async <Name extends VerbName>(
  { gateway }: Pick<Runtime, 'gateway'>,
  verb: Name,
  input: VerbInputs[Name],
): Promise<VerbOutputs[Name]> => (await gateway.call(verb, input)) as VerbOutputs[Name]
