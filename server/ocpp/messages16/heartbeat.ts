import { iso } from '#lib/time/instant.ts'
import type { Handler } from '../said.ts'

export const heartbeat: Handler<Record<string, never>> = {
  kind: 'batched',
  // it says that the charger lives: the books hold that to within seconds anyway
  noNews: true,
  async gather({ charger, arrival, ctx }) {
    const { receivedAt } = arrival
    return {
      answer: { currentTime: iso(ctx.clock.now()) },
      adds: { events: [{ kind: 'heard', at: receivedAt, depotId: charger.depotId, chargerId: charger.id, receivedAt }] },
    }
  },
}
