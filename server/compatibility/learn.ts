import { type Grade, measuredBy } from '#lib/ocpp/compatibility16.ts'
import { type Measured, readMeasured, readQuirks, withMeasured } from '#lib/ocpp/quirks.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { chargersOfModel, modelOf, type StoredLine, saveModel, saveQuirks, seenAtOthers, waysOf } from '../store/compatibility.ts'
import { writeJournal } from '../store/journal.ts'
import { lockDepot } from '../store/site.ts'

type Of = { checkId: string; chargerId: string; vendor: string | null; model: string | null; actor: string; depotId: string }

/**
 * What a check found out becomes the data of its model, and of every charger of it: what was measured beats what a charger tells of
 * itself. What this check did not try stays as it was known. @returns what is now known of the model
 */
export async function learn(gateway: Gateway, of: Of, lines: StoredLine[], grade: Grade): Promise<Measured> {
  const { vendor, model } = of
  const found = measuredBy(lines)
  const db = gateway.db.prisma
  if (vendor === null || model === null) {
    await teach(gateway, of, [of.chargerId], found)
    return found
  }
  const before = await modelOf(db, vendor, model)
  const known = readMeasured(before?.quirks)
  const others = await seenAtOthers(db, of.checkId, vendor, model)
  const measured = Object.assign({}, known, found, ...others.map((seen) => stricter(measuredBy(seen)))) as Measured
  // a check that saw nobody charge takes nothing back
  const kept = grade === 'unproven' && before?.grade ? before.grade : grade
  await saveModel(db, { vendor, model, measured, grade: kept, at: gateway.clock.now(), checkId: of.checkId })
  const all = await chargersOfModel(db, vendor, model)
  await teach(
    gateway,
    of,
    all.map(({ id }) => id),
    measured,
  )
  return measured
}

/**
 * What asks for a reserve and was found at one charger of the model is not taken back by another one of the same firmware: units differ.
 * The same charger checked again, or newer firmware, may take it back.
 */
const stricter = ({ keepsProfiles, followsLimits, smartCharging, refusesZero }: Measured): Measured => ({
  ...(keepsProfiles === false && { keepsProfiles }),
  ...(followsLimits === false && { followsLimits }),
  ...(smartCharging === false && { smartCharging }),
  ...(refusesZero === true && { refusesZero }),
})

async function teach(gateway: Gateway, of: Of, chargerIds: string[], measured: Measured): Promise<void> {
  const depots = new Map<string, string>()
  for (const id of chargerIds) {
    const changed = await gateway.db.prisma.$transaction(async (tx) => {
      const charger = await waysOf(tx, id)
      if (!charger) return undefined
      // who decides about its power sees it before or after, never half
      await lockDepot(tx, charger.depotId)
      const quirks = withMeasured(readQuirks(charger.quirks), measured)
      if (JSON.stringify(quirks) === JSON.stringify(readQuirks(charger.quirks))) return undefined
      await saveQuirks(tx, id, quirks)
      return charger.depotId
    })
    if (changed === undefined) continue
    depots.set(changed, id)
    const line = {
      depotId: changed,
      actor: of.actor,
      kind: 'charger.waysLearnt',
      subject: `charger:${id}`,
      data: { checkId: of.checkId, ...measured },
    }
    await writeJournal(gateway.db.prisma, gateway.clock, line)
  }
  for (const [depotId, chargerId] of depots) {
    gateway.wakes.reconcile(chargerId)
    gateway.wakes.replan(depotId, 'the ways of a charger became known')
  }
}
