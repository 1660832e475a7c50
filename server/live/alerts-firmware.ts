import type { AlertView } from '#lib/api/overview.ts'
import { tampered } from '#lib/charging/firmware-progress.ts'
import { days, plus } from '#lib/time/instant.ts'
import { failedUpdates } from '#server/store/firmware.ts'
import type { Seeing } from './views.ts'

/** How long a failed update is told, unless a newer one takes its place. */
const TOLD_MS = days(7)

/** Chargers whose last update failed. Where an image was tampered with, the security event tells it. */
export async function firmwareAlerts(ctx: Seeing, depotId: string): Promise<AlertView[]> {
  const failed = await failedUpdates(ctx.db.prisma, depotId, plus(ctx.clock.now(), -TOLD_MS))
  return failed
    .filter(({ said }) => said === null || !tampered(said))
    .map(({ chargerId, name, toVersion, detail, at }) => ({
      key: `firmware:${chargerId}`,
      mark: 'serious',
      what: toVersion ? `${name} could not be updated to ${toVersion}` : `${name} could not be updated`,
      why: detail ?? 'It goes on with the firmware it had.',
      since: at,
      href: `/chargers/${encodeURIComponent(chargerId)}?view=files`,
    }))
}
