import { isSecretKey } from '#lib/ocpp/secrets16.ts'
import type { CallHooks } from '../charging/call-hooks.ts'
import { ruledChargers, saveConfiguration } from '../store/configuration.ts'
import { noteAnswer } from './apply-settings.ts'

/** What a charger said to a key that a person or another system changed: refused, or wants a restart. */
export const configurationHooks: CallHooks = {
  async ChangeConfiguration(gateway, { charger, payload, answer }) {
    // its value would stand in the answers
    if (isSecretKey(String(payload.key))) return
    const [row] = await ruledChargers(gateway.db.prisma, { id: charger.id })
    if (!row) return
    noteAnswer(gateway, row, String(payload.key), String(payload.value), answer)
    await saveConfiguration(gateway.db.prisma, charger.id, { answers: row.answers })
  },
}
