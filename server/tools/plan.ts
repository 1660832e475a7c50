// `npm run plan -- --input depot.json [--output plan.json] [--check]`: makes the plan of a question in the documented JSON form
// (docs/planner-json.md), or of a stored plan as `GET /api/depots/:depot/plans/:plan` exports it, and says whether that one came out again.
// `--check` judges the plan (`server/judge/check-plan.ts`). Ends with 1 when something is wrong.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import { readPlanningInput } from '#lib/planning/json.ts'
import { plan } from '#lib/planning/plan.ts'
import { checkPlan } from '../judge/check-plan.ts'

const USAGE = 'npm run plan -- --input depot.json [--output plan.json] [--check]'
const values = asked()
if (values.input === undefined) refuse([USAGE])

const document = jsonOf(values.input!)
const stored = isStored(document) ? document : undefined
const read = readPlanningInput(stored?.input ?? document)
if (read.kind === 'wrong') refuse([`${values.input} is no question for the planner:`, ...read.problems])
else {
  // what was followed before the planner was through is made as it was made then
  const made = stored?.refined === false ? firstAnswer(read.value) : plan(read.value)
  const text = `${JSON.stringify(made, null, 1)}\n`
  if (values.output === undefined) process.stdout.write(text)
  else writeTo(values.output, text)
  const wrong: string[] = []
  if (stored) {
    const isSame = sorted(made) === sorted(stored.plan)
    say(isSame ? 'The stored plan came out again, bit for bit.' : 'The plan is another one than the stored one: another version made it?')
    if (!isSame) wrong.push('replay')
  }
  if (values.check) {
    const { violations, vehicles, energyMicro, demandMicro, peakW } = checkPlan(read.value, made)
    for (const { rule, at, slot, says } of violations) say(`${rule}: ${at}${slot === undefined ? '' : `, slot ${slot}`}: ${says}`)
    wrong.push(...violations.map(({ rule }) => rule))
    const short = vehicles.filter(({ missingWh }) => missingWh > 0)
    say(
      `${violations.length} violations. ${vehicles.length - short.length} of ${vehicles.length} vehicles ready, ${Math.round(short.reduce((sum, { missingWh }) => sum + missingWh, 0))} Wh missing. ` +
        `Energy ${(energyMicro / 1e6).toFixed(2)}, demand ${(demandMicro / 1e6).toFixed(2)}, peak ${(peakW / 1000).toFixed(1)} kW, certified gap ${(made.gap * 100).toFixed(3)} %.`,
    )
  }
  process.exitCode = wrong.length > 0 ? 1 : 0
}

function asked() {
  try {
    return parseArgs({ options: { input: { type: 'string' }, output: { type: 'string' }, check: { type: 'boolean', default: false } } })
      .values
  } catch (error) {
    return refuse([reasonOf(error), USAGE])
  }
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    refuse([`${file} cannot be written: ${reasonOf(error)}`])
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    return refuse([`${file} cannot be read as JSON: ${reasonOf(error)}`])
  }
}

function isStored(document: unknown): document is { input: unknown; plan: unknown; refined?: unknown } {
  return typeof document === 'object' && document !== null && 'input' in document && 'plan' in document
}

/** PostgreSQL keeps no order of names, so they are compared in one. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function say(line: string): void {
  console.error(line)
}

function refuse(lines: string[]): never {
  for (const line of lines) say(line)
  process.exit(2)
}
