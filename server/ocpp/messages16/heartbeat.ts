import { iso } from '#lib/time/instant.ts'
import type { Handler } from '../said.ts'

export const heartbeat: Handler<Record<string, never>> = {
  kind: 'batched',
  // it says that the charger lives: the books hold that to within seconds anyway
  noNews: true,
  gather: ({ charger, arrival: { receivedAt } }) => ({
    answer: { currentTime: iso(receivedAt) },
    event: { kind: 'heard', at: receivedAt, depotId: charger.depotId, chargerId: charger.id, receivedAt },
  }),
}
