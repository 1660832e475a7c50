import { createApiKey } from '#server/auth/api-keys.ts'
import { newChargerKey } from '#server/ocpp/key.ts'
import type { Ctx } from '#server/runtime.ts'
import { replaceChargerKey } from '#server/store/depot.ts'
import { chargers, demoDepotId } from './depot.ts'
import { planHistory } from './history.ts'
import { extendDemo, seedDemo } from './seed.ts'
import { knownSecrets, type Secrets, writeSimulatorFile } from './simulator-file.ts'

/** Makes the demo depot at the first start; at each start what lies ahead and the simulator's file. Returns a word for the progress line. */
export async function prepareDemo(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  given: { dataDir: string; ocppPort: number; ocppTlsPort?: number; port: number },
): Promise<string> {
  const made = await seedDemo(ctx)
  await planHistory(ctx)
  await extendDemo(ctx)
  const secrets = (made ? null : knownSecrets(given.dataDir)) ?? (await newSecrets(ctx))
  writeSimulatorFile({ ...given, ...secrets, now: ctx.clock.now() })
  return made ? '14 chargers and 14 vans are made' : 'kept as it was'
}

/** New keys for every charger and for telematics: the plain ones live in the simulator's file only. */
async function newSecrets(ctx: Pick<Ctx, 'db' | 'clock'>): Promise<Secrets> {
  const keys = new Map<string, string>()
  for (const { id } of chargers) {
    const { key, keyHash } = newChargerKey()
    await replaceChargerKey(ctx.db, id, keyHash, ctx.clock.now())
    keys.set(id, key)
  }
  const { secret } = await createApiKey(
    ctx,
    { name: 'Demo telematics and dispatch', scopes: ['vehicles:write', 'commands:write', 'read'], depotId: demoDepotId },
    'system',
  )
  return { keys, apiKey: secret }
}
