import { z } from 'zod'
import { type ActOutcome, chargerAct } from '#lib/api/charger.ts'
import type { Repaired } from '#lib/api/configuration.ts'
import type { CommandView } from '#lib/api/dispatch.ts'
import { type Asked, logKinds } from '#lib/api/file.ts'
import { firmwareAsk } from '#lib/api/firmware.ts'
import { problem } from '#lib/api/problem.ts'
import { registrations } from '#lib/api/provisioning.ts'
import type { Reserved } from '#lib/api/reservation.ts'
import { authorityAct, chargerSecurityAct } from '#lib/api/security.ts'
import type { ActionRow, CallAnswer } from '#lib/api/v1-charger.ts'
import { sendableActions } from '#lib/ocpp/actions16.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { actOnCharger } from '../charging/act.ts'
import { callableAt } from '../charging/callable.ts'
import { followRegistration } from '../charging/follow-registration.ts'
import { sendNextKey } from '../charging/key-rotation.ts'
import { sendCall } from '../charging/send-call.ts'
import { lockOut, type Stopped, stopAll } from '../charging/stop-all.ts'
import { repairChargers } from '../configuration/repair.ts'
import { askLog } from '../files/ask-log.ts'
import { updateFirmware } from '../files/update-firmware.ts'
import { command } from '../fleet/command.ts'
import { type TakenState, takeState } from '../fleet/take-state.ts'
import { actOnSecurity, type SecurityOutcome } from '../security/act.ts'
import { actOnAuthority, securityOf } from '../security/act-on-authority.ts'
import { depotOfNode, findChargerSite } from '../store/charger-site.ts'
import type { Gateway } from './gateway.ts'

const moment = z.number().transform((ms): Instant => instant(ms))
const asked = { depotId: z.string(), actor: z.string() }
/** Real time, UTC ms. */
const stamps = {
  id: z.string().optional(),
  source: z.string().default('screen'),
  t0: moment.optional(),
  t0FromSource: z.boolean().optional(),
  t1: moment.optional(),
}
const commandInput = z.discriminatedUnion('kind', [
  z.object({ ...asked, ...stamps, kind: z.enum(['start', 'stop']), vehicleId: z.string().optional(), portId: z.string().optional() }),
  z.object({
    ...asked,
    ...stamps,
    kind: z.literal('limit'),
    portId: z.string(),
    limitW: z.number().int().nonnegative(),
    until: moment.optional(),
  }),
  z.object({ ...asked, ...stamps, kind: z.literal('prioritise'), vehicleId: z.string(), priority: z.number().int(), until: moment }),
  z.object({
    ...asked,
    ...stamps,
    kind: z.literal('departure'),
    vehicleId: z.string(),
    departsAt: moment,
    minSocPct: z.number().optional(),
  }),
])

const inputs = {
  command: commandInput,
  departure: z.object({ ...asked, ...stamps, vehicleId: z.string(), departsAt: moment, minSocPct: z.number().optional() }),
  vehicleState: z.object({
    ...asked,
    vehicleId: z.string(),
    at: moment,
    receivedAt: moment,
    socPct: z.number().optional(),
    odometerM: z.number().int().optional(),
    pluggedIn: z.boolean().optional(),
    chargingState: z.string().optional(),
  }),
  actOnCharger: z.object({
    ...asked,
    chargerId: z.string(),
    act: chargerAct,
    source: z.string().optional(),
    t0: moment.optional(),
    t1: moment.optional(),
  }),
  sendCall: z.object({
    ...asked,
    ...stamps,
    chargerId: z.string(),
    action: z.enum(sendableActions),
    payload: z.record(z.string(), z.unknown()),
    timeoutS: z.number().optional(),
  }),
  callable: z.object({ depotId: z.string(), chargerId: z.string() }),
  askLog: z.object({
    ...asked,
    chargerId: z.string(),
    kind: z.enum(logKinds),
    oldest: moment.optional(),
    latest: moment.optional(),
    retries: z.number().int().optional(),
    retryIntervalS: z.number().int().optional(),
  }),
  updateFirmware: firmwareAsk.safeExtend({ ...asked, chargerId: z.string() }),
  stopAll: z.object({ ...asked, stop: z.boolean() }),
  checkCharger: z.object({ ...asked, chargerId: z.string(), mayRestart: z.boolean(), mayUseVehicle: z.boolean() }),
  cancelCheck: z.object({ ...asked, chargerId: z.string(), checkId: z.string() }),
  lockOut: z.object({ nodeId: z.string(), actor: z.string(), lock: z.boolean() }),
  /** `keep`: its socket may go on as it is. */
  chargerChanged: z.object({ chargerId: z.string(), keep: z.boolean().optional() }),
  chargerRegistered: z.object({ depotId: z.string(), chargerId: z.string(), before: z.enum(registrations), now: z.enum(registrations) }),
  sendNextKey: z.object({ ...asked, chargerId: z.string(), key: z.string() }),
  chargerSecurity: z.object({ ...asked, chargerId: z.string(), act: chargerSecurityAct }),
  authority: z.object({ actor: z.string(), act: authorityAct }),
  tokensChanged: z.object({ depotId: z.string() }),
  rulesChanged: z.object({ ...asked, all: z.boolean() }),
  reserve: z.object({
    ...asked,
    chargerId: z.string(),
    port: z.number().int(),
    vehicleId: z.string().optional(),
    idTag: z.string().optional(),
    until: moment,
    replaces: z.number().int().optional(),
  }),
  cancelReservation: z.object({ ...asked, id: z.number().int() }),
  repairChargers: z.object({ ...asked, chargerId: z.string().optional() }),
}
type Inputs = { [Name in keyof typeof inputs]: z.output<(typeof inputs)[Name]> }

/** What each verb answers. */
export type VerbOutputs = {
  command: CommandView
  departure: { commandId: string }
  vehicleState: TakenState
  actOnCharger: ActOutcome
  sendCall: CallAnswer
  callable: { actions: ActionRow[] }
  checkCharger: { id: string }
  cancelCheck: { ok: true }
  askLog: Asked
  updateFirmware: Asked
  stopAll: Stopped
  lockOut: Stopped
  chargerChanged: { ok: true }
  chargerSecurity: SecurityOutcome
  authority: { detail: string }
  chargerRegistered: { detail: string }
  sendNextKey: { ok: true }
  tokensChanged: { ok: true }
  rulesChanged: { ok: true }
  reserve: Reserved
  cancelReservation: Reserved
  repairChargers: { chargers: Repaired[] }
}
export type VerbName = keyof VerbOutputs
/** What each verb takes, as JSON. */
export type VerbInputs = { [Name in VerbName]: z.input<(typeof inputs)[Name]> }

type Verbs = { [Name in VerbName]: (gateway: Gateway, input: Inputs[Name]) => Promise<VerbOutputs[Name]> }

const verbs: Verbs = {
  command,
  departure: async (gateway, input) => ({ commandId: (await command(gateway, { ...input, kind: 'departure' })).id }),
  vehicleState: takeState,
  actOnCharger,
  askLog,
  updateFirmware,
  async sendCall(gateway, input) {
    const { answer: _, ...told } = await sendCall(gateway, input)
    return told
  },
  callable: callableAt,
  checkCharger: (gateway, input) => gateway.checks.start(gateway, input),
  async cancelCheck(gateway, input) {
    await gateway.checks.cancel(gateway, input)
    return { ok: true }
  },
  async stopAll(gateway, input) {
    const stopped = await stopAll(gateway, input)
    if (!input.stop) await gateway.goOn(input.depotId)
    return stopped
  },
  async lockOut(gateway, input) {
    const stopped = await lockOut(gateway, input)
    const depotId = await depotOfNode(gateway.db.prisma, input.nodeId)
    if (!input.lock && depotId !== undefined) await gateway.goOn(depotId)
    return stopped
  },
  chargerSecurity: (gateway, { act, ...asking }) => actOnSecurity(gateway, securityOf(gateway).authority, asking, act),
  authority: (gateway, { act, actor }) => actOnAuthority(gateway, securityOf(gateway), actor, act),
  /** A charger was added, changed or retired, or got a new key: its socket must prove itself again. */
  async chargerChanged(gateway, { chargerId, keep = false }) {
    gateway.forgetCharger(chargerId)
    if (!keep) gateway.links.drop(chargerId)
    const site = await findChargerSite(gateway.db.prisma, chargerId)
    if (site) gateway.wakes.replan(site.depotId, 'a charger was changed')
    return { ok: true }
  },
  chargerRegistered: async (gateway, input) => ({ detail: await followRegistration(gateway, input) }),
  /** The charger is told its next key; whoever began it follows it on the charger's page. */
  async sendNextKey(gateway, input) {
    void sendNextKey(gateway, input).catch((error: unknown) =>
      gateway.log.error({ err: error, charger: input.chargerId }, 'a new key could not be sent'),
    )
    return { ok: true }
  },
  /** Cards were added, changed or blocked: chargers are told at once. */
  async tokensChanged(gateway, { depotId }) {
    await gateway.lists.depot(depotId)
    return { ok: true }
  },
  /** The offline policy or the desired configuration changed. */
  async rulesChanged(gateway, input) {
    gateway.rulesChanged(input)
    return { ok: true }
  },
  repairChargers,
  reserve: (gateway, input) => gateway.reservations.reserve(input),
  cancelReservation: (gateway, input) => gateway.reservations.cancel(input),
}

/** Verbs by name for the link: each parses its input. */
export const verbsOf = (gateway: Gateway): Record<VerbName, (input: unknown) => Promise<unknown>> => {
  const bound = <Name extends VerbName>(name: Name) => [
    name,
    async (input: unknown) => {
      const parsed = inputs[name].safeParse(input)
      if (!parsed.success) throw problem('invalid', `${name}: ${parsed.error.issues[0]?.message ?? 'not understood'}`)
      const run: (gateway: Gateway, input: Inputs[Name]) => Promise<unknown> = verbs[name]
      return run(gateway, parsed.data as Inputs[Name])
    },
  ]
  return Object.fromEntries((Object.keys(verbs) as VerbName[]).map((name) => bound(name)))
}
