import type { z } from 'zod'
import type { CheckView, getChargerModels, getCompatibilityChecks, ModelRow } from '#lib/api/compatibility.ts'
import { GRADES, type Grade, grades, LINES, quirkWords, RESULTS, whyNotCheck } from '#lib/ocpp/compatibility16.ts'
import { readMeasured } from '#lib/ocpp/quirks.ts'
import { modelName } from '#lib/ocpp/wanted-settings.ts'
import { type CheckRow, checksById, checksOf, knownModels, modelOf, modelRows, type StoredLine } from '#server/store/compatibility.ts'
import { theCharger } from './charger-view.ts'
import type { Seeing } from './views.ts'

/** Checks of a charger with what is known of its model. @throws Problem `not-found` */
export async function checksView(
  ctx: Seeing,
  depotId: string,
  chargerId: string,
): Promise<z.output<(typeof getCompatibilityChecks)['output']>> {
  const charger = await theCharger(ctx, depotId, chargerId)
  const { vendor, model } = charger
  const checks = await checksOf(ctx.db.prisma, chargerId)
  const known = vendor && model ? await modelOf(ctx.db.prisma, vendor, model) : undefined
  const isRunning = checks.some(({ state }) => state === 'running')
  return {
    checks: checks.map(checkView),
    model: known
      ? {
          name: modelName(vendor, model)!,
          grade: gradeView(known.grade),
          checkedAt: known.checkedAt?.getTime() ?? null,
          quirks: quirkWords(readMeasured(known.quirks)),
        }
      : null,
    whyNot: whyNotCheck({ online: charger.online, isRunning, registration: charger.registration }) ?? null,
  }
}

function checkView(row: CheckRow): CheckView {
  const { id, state, vendor, model, firmware, createdBy, startedAt, endedAt, measured } = row
  const isRunning = state === 'running'
  return {
    id,
    state,
    grade: gradeView(row.grade),
    vendor,
    model,
    firmware,
    now: isRunning ? row.detail : null,
    detail: isRunning ? null : row.detail,
    createdBy,
    startedAt,
    endedAt,
    lines: row.lines.map(lineView),
    quirks: quirkWords(measured),
  }
}

const lineView = ({ id, result, says, at, evidence }: StoredLine): CheckView['lines'][number] => ({
  id,
  title: LINES[id],
  result,
  ...RESULTS[result],
  says,
  at,
  evidence,
})

const isGrade = (grade: string | null): grade is Grade => grades.some((each) => each === grade)
const gradeView = (grade: string | null): CheckView['grade'] => (isGrade(grade) ? { grade, ...GRADES[grade] } : null)

/** Models of the depot's chargers, with the grade of the last check anywhere in the installation. */
export async function modelsView(ctx: Seeing, depotId: string): Promise<z.output<(typeof getChargerModels)['output']>> {
  const db = ctx.db.prisma
  const [rows, known] = await Promise.all([modelRows(db, depotId), knownModels(db)])
  const checks = await checksById(
    db,
    known.flatMap(({ checkId }) => (checkId ? [checkId] : [])),
  )
  const models = new Map<string, ModelRow>()
  for (const { vendor, model, firmware, _count } of rows) {
    const name = JSON.stringify([vendor, model])
    const before = models.get(name)
    if (before) {
      before.chargers += _count._all
      if (firmware) before.firmwares.push(firmware)
      continue
    }
    const found = known.find((each) => each.vendor === vendor && each.model === model)
    const check = checks.find(({ id }) => id === found?.checkId)
    models.set(name, {
      vendor: vendor!,
      model: model!,
      chargers: _count._all,
      firmwares: firmware ? [firmware] : [],
      grade: gradeView(found?.grade ?? null),
      checkedAt: found?.checkedAt?.getTime() ?? null,
      checkedFirmware: check?.firmware ?? null,
      // of another depot: its name is not for this one
      checkedCharger: check?.charger.depotId === depotId ? { id: check.charger.id, name: check.charger.name } : null,
      quirks: quirkWords(readMeasured(found?.quirks)),
    })
  }
  return { models: [...models.values()] }
}
