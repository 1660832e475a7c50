import type { AlertView } from '#lib/api/overview.ts'
import type { Mark } from '#lib/api/words.ts'
import { counted } from '#lib/format/number.ts'
import { ageText, dateText } from '#lib/format/time.ts'
import { securityEventMeaning } from '#lib/ocpp/security-events16.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import {
  certificatesEnding,
  foreignCertificatesEnding,
  type SecurityLine,
  securityLines,
  type UnseenEvent,
  unseenEvents,
} from '#server/store/security-view.ts'
import type { Seeing } from './views.ts'

/** A certificate with less than this left is told (R16). */
const ENDS_SOON = days(30)

type Words = { mark: (line: SecurityLine) => Mark; what: (who: string) => string; why: (line: SecurityLine) => string }

const text = (value: unknown) => (typeof value === 'string' ? value : '')
/** A sentence to go on with. */
const open = (sentence: string) => sentence.replace(/\.$/, '')
const from = ({ addresses }: SecurityLine) => (addresses.length > 0 ? `, from ${addresses.slice(0, 3).join(', ')}` : '')

/** Lines of the journal that somebody should look at, in words. The four faults of such endpoints stand first. */
const LINES: Record<string, Words> = {
  'security.refused': {
    mark: () => 'serious',
    what: (who) => `${who} was refused: wrong or no credentials`,
    why: (line) => `${open(text(line.data.reason))}${from(line)}`,
  },
  'security.tooManyFailures': {
    mark: () => 'serious',
    what: (who) => `Too many failed tries to connect as ${who}`,
    why: (line) => `The limit was crossed${from(line)}; more are refused unheard`,
  },
  'security.triedLive': {
    mark: () => 'serious',
    what: (who) => `Somebody else tried to connect as ${who}, which is connected`,
    why: (line) => `${open(text(line.data.reason))}${from(line)}; the connection that is there stayed`,
  },
  'security.replaced': {
    mark: ({ data, times }) => (data.from !== data.to || times > 3 ? 'serious' : 'caution'),
    what: (who) => `A second connection took the place of ${who}`,
    why: ({ data }) => `Both knew the secret: ${text(data.from)} was there, ${text(data.to)} came`,
  },
  'security.profileTooLow': {
    mark: () => 'serious',
    what: (who) => `${who} came less protected than it must`,
    why: (line) => `Security profile ${String(line.data.tooLow)}, and ${String(line.data.least)} is the least${from(line)}`,
  },
  'security.tooManyConnections': {
    mark: () => 'serious',
    what: (who) => (who === 'endpoint' ? 'The chargers’ door is full' : `Too many connections of ${who}`),
    why: (line) => `More are refused for now${from(line)}`,
  },
  'security.tooManyMessages': {
    mark: () => 'caution',
    what: (who) => `${who} floods us with messages`,
    why: (line) => `It is slowed down; the others are not${from(line)}`,
  },
  'security.certificateRefused': {
    mark: () => 'serious',
    what: (who) => `${who} has no new certificate`,
    why: ({ data }) => text(data.detail),
  },
  'security.requestRefused': {
    mark: () => 'caution',
    what: (who) => `${who} asked for a certificate that it cannot have`,
    why: ({ data }) => text(data.why),
  },
}

/** What stands between a depot and its chargers' safety: refused and doubled connections, events, certificates that end. */
export async function securityAlerts(ctx: Seeing, depotId: string, zone: string): Promise<{ alerts: AlertView[]; told: Set<string> }> {
  const now = ctx.clock.now()
  const real = ctx.clock.real()
  const soon = plus(real, ENDS_SOON)
  const [lines, events, ending, foreign] = await Promise.all([
    securityLines(ctx.db, depotId, Object.keys(LINES), plus(now, -days(1))),
    unseenEvents(ctx.db, depotId),
    certificatesEnding(ctx.db, depotId, soon),
    foreignCertificatesEnding(ctx.db, depotId, soon),
  ])
  const others = foreign.map(({ id, name, certificateEndsAt }) => ({
    id: `foreign-${id}`,
    kind: 'charger',
    chargerId: id,
    name,
    endsAt: certificateEndsAt!.getTime(),
  }))
  const alerts = [
    ...lines.map((line) => lineAlert(line, now)),
    ...events.map((event) => eventAlert(event, now)),
    ...[...ending, ...others].map((each) => endingAlert(each, real, now, zone)),
  ]
  const told = new Set(lines.flatMap(({ data, chargerId }) => (chargerId && typeof data.identity === 'string' ? data.identity : [])))
  return { alerts, told }
}

function lineAlert(line: SecurityLine, now: Instant): AlertView {
  const words = LINES[line.kind]!
  const who = line.name ?? (text(line.data.identity) || line.subject.replace(/^charger:/, ''))
  const why = words.why(line).trim().replace(/\.$/, '')
  return {
    key: `${line.kind}:${line.subject}`,
    mark: words.mark(line),
    what: words.what(line.name === null && line.data.identity ? `"${who}"` : who),
    why: `${why}; ${counted(line.times, 'time')}, last ${ageText(line.lastAt, now)}.`,
    since: Math.round(line.firstAt),
    href: line.chargerId ? chargerHref(line.chargerId) : '/settings?view=security',
  }
}

function eventAlert({ type, times, names, chargerIds, firstAt, lastAt }: UnseenEvent, now: Instant): AlertView {
  const { words, mark } = securityEventMeaning(type)
  const one = names.length === 1
  return {
    key: `security.event:${type}`,
    mark,
    what: one ? `${names[0]}: ${words}` : `${counted(names.length, 'charger')}: ${words}`,
    why: `${type}, ${counted(times, 'time')}, last ${ageText(lastAt, now)}${one ? '' : `: ${names.slice(0, 4).join(', ')}`}.`,
    since: Math.round(firstAt),
    href: one ? chargerHref(chargerIds[0]!) : '/settings?view=security',
  }
}

type Ending = { id: string; kind: string; chargerId: string | null; name: string | null; endsAt: number }

function endingAlert({ id, kind, chargerId, name, endsAt }: Ending, real: Instant, now: Instant, zone: string): AlertView {
  const over = endsAt <= real
  const whose = chargerId
    ? `The certificate of ${name ?? chargerId}`
    : kind === 'server'
      ? 'Our certificate for chargers'
      : 'Our root certificate'
  return {
    key: `certificate:${id}`,
    mark: over || kind === 'server' ? 'serious' : 'caution',
    what: over ? `${whose} has ended` : `${whose} ends in ${counted(Math.max(1, Math.ceil((endsAt - real) / days(1))), 'day')}`,
    why: chargerId
      ? `On ${dateText(endsAt, zone)}. The charger is asked for a new one while it is connected.`
      : `On ${dateText(endsAt, zone)}. ${kind === 'server' ? 'One given as a file is renewed where it comes from.' : 'Make the next root in time.'}`,
    since: now,
    href: chargerId ? chargerHref(chargerId) : '/settings?view=security',
  }
}

const chargerHref = (id: string) => `/chargers/${encodeURIComponent(id)}?view=security`
