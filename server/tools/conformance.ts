import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { centralActions, chargerActions } from '#lib/ocpp/actions16.ts'
import type { Breach } from './walls.ts'

const DOCUMENT = 'docs/conformance.md'
const SUITE = 'server/ocpp/conformance16'

/** Use cases by the number that OCPP 1.6 edition 2 or the security whitepaper gives them, with the messages that they are about. */
export const USE_CASES: Record<string, readonly string[]> = {
  '§3.6': [],
  '§3.7': ['StartTransaction', 'StopTransaction'],
  '§3.13': ['SetChargingProfile'],
  '§4.1': ['Authorize'],
  '§4.2': ['BootNotification'],
  '§4.3': ['DataTransfer'],
  '§4.4': ['DiagnosticsStatusNotification'],
  '§4.5': ['FirmwareStatusNotification'],
  '§4.6': ['Heartbeat'],
  '§4.7': ['MeterValues'],
  '§4.8': ['StartTransaction'],
  '§4.9': ['StatusNotification'],
  '§4.10': ['StopTransaction'],
  '§5.1': ['CancelReservation'],
  '§5.2': ['ChangeAvailability'],
  '§5.3': ['ChangeConfiguration'],
  '§5.4': ['ClearCache'],
  '§5.5': ['ClearChargingProfile'],
  '§5.6': ['DataTransfer'],
  '§5.7': ['GetCompositeSchedule'],
  '§5.8': ['GetConfiguration'],
  '§5.9': ['GetDiagnostics'],
  '§5.10': ['GetLocalListVersion'],
  '§5.11': ['RemoteStartTransaction'],
  '§5.12': ['RemoteStopTransaction'],
  '§5.13': ['ReserveNow'],
  '§5.14': ['Reset'],
  '§5.15': ['SendLocalList'],
  '§5.16': ['SetChargingProfile'],
  '§5.17': ['TriggerMessage'],
  '§5.18': ['UnlockConnector'],
  '§5.19': ['UpdateFirmware'],
  A00: [],
  A01: ['ChangeConfiguration'],
  A02: ['ExtendedTriggerMessage', 'SignCertificate', 'CertificateSigned'],
  A03: ['SignCertificate', 'CertificateSigned'],
  A04: ['SecurityEventNotification'],
  A05: ['ChangeConfiguration'],
  L01: ['SignedUpdateFirmware', 'SignedFirmwareStatusNotification'],
  M03: ['GetInstalledCertificateIds'],
  M04: ['DeleteCertificate'],
  M05: ['InstallCertificate'],
  N01: ['GetLog', 'LogStatusNotification'],
  '§5 ExtendedTriggerMessage': ['ExtendedTriggerMessage'],
}

/** A row of the document: `| §4.1 | Authorize | `file` | §4.1 Authorize: … |`. */
type Row = { line: number; number: string; file: string; title: string }

/**
 * What stands between the document and the suite: a use case without a row, a row whose test is not there, a test without a row; and
 * messages of the protocol that no use case is about.
 */
export function conformanceGaps(root: string, useCases: Record<string, readonly string[]> = USE_CASES): Breach[] {
  if (!existsSync(join(root, DOCUMENT))) return [breach(DOCUMENT, 1, `is missing: it lists the test of each use case of ${SUITE}.`)]
  const rows = rowsOf(readFileSync(join(root, DOCUMENT), 'utf8'))
  const tests = new Map(
    globSync(`${SUITE}/*.test.ts`, { cwd: root }).map((file) => [file, titlesOf(readFileSync(join(root, file), 'utf8'))]),
  )
  const listed = new Set(rows.map(({ file, title }) => `${file} ${title}`))
  const covered = new Set(rows.map(({ number }) => number))
  const about = new Set(Object.values(useCases).flat())
  return [
    ...Object.keys(useCases)
      .filter((number) => !covered.has(number))
      .map((number) => breach(DOCUMENT, 1, `has no row for ${number}: write its test in ${SUITE} and list it.`)),
    ...rows.flatMap((row) => {
      if (!(row.number in useCases)) return [breach(DOCUMENT, row.line, `${row.number} is no use case of server/tools/conformance.ts.`)]
      const there = tests.get(row.file)?.includes(row.title)
      return there ? [] : [breach(DOCUMENT, row.line, `names a test that ${row.file} does not have: ${row.title}`)]
    }),
    ...[...tests].flatMap(([file, titles]) =>
      titles
        .filter((title) => !listed.has(`${file} ${title}`))
        .map((title) => breach(file, 1, `has a test that ${DOCUMENT} does not list: ${title}`)),
    ),
    ...[...chargerActions, ...centralActions]
      .filter((action) => !about.has(action))
      .map((action) => breach('server/tools/conformance.ts', 1, `has no use case about ${action}.`)),
  ]
}

const breach = (file: string, line: number, message: string): Breach => ({ file, line, message })

const rowsOf = (text: string): Row[] =>
  text.split('\n').flatMap((line, index) => {
    const [, number, , file, title] = /^\| ([^|]+?) \| ([^|]*?) \| `([^`|]+\.test\.ts)` \| (.+?) \|$/.exec(line) ?? []
    return number && file && title ? [{ line: index + 1, number, file, title }] : []
  })

const titlesOf = (text: string): string[] =>
  [...text.matchAll(/^\s*test\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gm)].map((match) => match[2]!.replace(/\\(.)/g, '$1'))
