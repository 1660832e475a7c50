import { type Instant, latest, plus } from '#lib/time/instant.ts'

// What becomes of a firmware update, from what the charger says (OCPP 1.6 FirmwareStatusNotification, whitepaper L01) and how it boots.

export const firmwareStates = [
  'waiting',
  'asked',
  'refused',
  'unknown',
  'downloading',
  'downloaded',
  'verified',
  'installScheduled',
  'installing',
  'rebooting',
  'installed',
  'failed',
  'cancelled',
] as const
export type FirmwareState = (typeof firmwareStates)[number]

const ENDED: ReadonlySet<FirmwareState> = new Set(['refused', 'unknown', 'installed', 'failed', 'cancelled'])
export const firmwareEnded = (state: FirmwareState): boolean => ENDED.has(state)
/** While it is so, and until the next boot, the charger may lose what it kept: the limits too. */
const WIPES: ReadonlySet<FirmwareState> = new Set(['installing', 'rebooting', 'installed'])
export const mayWipe = (state: FirmwareState): boolean => WIPES.has(state)

/** `moved`: to this state. `late`: after the end; kept for a person to look at, and changes nothing. */
export type Heard<State> =
  | { kind: 'moved'; state: State; detail: string | null }
  | { kind: 'repeated' }
  | { kind: 'late' }
  | { kind: 'nothing' }

const moved = (state: FirmwareState, detail: string | null = null): Heard<FirmwareState> => ({ kind: 'moved', state, detail })

/** Statuses of both messages. `Idle` says that nothing is under way. */
const MEANS: Record<string, { state: FirmwareState; detail?: string }> = {
  DownloadScheduled: { state: 'asked' },
  Downloading: { state: 'downloading' },
  DownloadPaused: { state: 'downloading', detail: 'The charger paused the download.' },
  Downloaded: { state: 'downloaded' },
  DownloadFailed: {
    state: 'failed',
    detail: 'The charger could not fetch the image. Look whether it reaches this server, then try again.',
  },
  SignatureVerified: { state: 'verified' },
  InvalidSignature: { state: 'failed', detail: 'The signature does not fit the image: the charger refused to install it.' },
  InstallScheduled: { state: 'installScheduled' },
  Installing: { state: 'installing' },
  InstallRebooting: { state: 'rebooting' },
  Installed: { state: 'installed' },
  InstallationFailed: { state: 'failed', detail: 'The installation failed. The charger goes on with the firmware it had.' },
  InstallVerificationFailed: {
    state: 'failed',
    detail: 'The charger checked the image before installing it and it did not pass. It goes on with the firmware it had.',
  },
}
/** Those that say somebody may have tampered with the image. */
export const tampered = (status: string): boolean => status === 'InvalidSignature' || status === 'InstallVerificationFailed'

/** What a charger may do once more after it failed, as it was told how often to retry. */
const AGAIN: Record<string, readonly string[]> = {
  DownloadFailed: ['Downloading', 'DownloadScheduled'],
  InstallationFailed: ['Downloading', 'DownloadScheduled', 'Installing'],
}

/**
 * A status of the charger. Its latest word counts while the update is under way, also when it goes back (it fetches once more);
 * after the end only a retry does. `lastSaid`: the last status that moved it.
 */
export function hearFirmware(now: { state: FirmwareState; lastSaid: string | null }, status: string): Heard<FirmwareState> {
  if (status === 'Idle')
    return firmwareEnded(now.state) || now.state === 'waiting' || now.state === 'asked'
      ? { kind: 'nothing' }
      : moved('unknown', 'The charger says that it is not updating. Ask for its state, or try again.')
  const means = MEANS[status]
  if (!means || now.state === 'waiting') return { kind: 'late' }
  if (now.lastSaid === status && now.state === means.state) return { kind: 'repeated' }
  if (now.state === 'installed' && now.lastSaid !== 'Installed') {
    // the boot was the proof: what the charger still had to say from before it comes now
    if (means.state === 'installed') return moved('installed')
    if (means.state !== 'failed') return { kind: 'nothing' }
  }
  if (firmwareEnded(now.state) && now.state !== 'unknown' && !AGAIN[now.lastSaid ?? '']?.includes(status)) return { kind: 'late' }
  return moved(means.state, means.detail ?? null)
}

const SURE_MS = 24 * 3_600_000

/** A boot has shown that the charger runs what it was given; that it is installed is only its word before. */
export const startedWithIt = (steps: readonly { state: string; said: string | null }[]): boolean =>
  steps.some(({ state, said }) => state === 'installed' && said === null)

/** A boot is the proof: with the new version the update is installed whatever was said; with the old one it is not. */
export function bootTells(
  now: { state: FirmwareState; fromVersion: string | null; toVersion: string | null; stateAt: Instant; started: boolean },
  version: string | null,
  at: Instant,
): Heard<FirmwareState> {
  const { state, fromVersion, toVersion, stateAt, started } = now
  if (version === null || state === 'waiting' || state === 'refused') return { kind: 'nothing' }
  // what was to come is not known: another version after installing began is proof enough
  if (toVersion === null)
    return fromVersion !== null && version !== fromVersion && mayWipe(state) && !started ? moved('installed') : { kind: 'nothing' }
  const sameBefore = fromVersion === toVersion
  if (version === toVersion) {
    if (state === 'installed' && started) return { kind: 'repeated' }
    // the version it had all along proves nothing before the installation began
    if (sameBefore && !mayWipe(state)) return { kind: 'nothing' }
    return moved('installed')
  }
  if (state === 'installed' && version === fromVersion && at - stateAt < SURE_MS)
    return moved('failed', `The charger said that it was installed, but started with ${version} again.`)
  return { kind: 'nothing' }
}

/** When nothing was heard for so long that its state is not known any more. `patienceMs`: depot time. */
export function firmwareDueAt(
  { state, stateAt, retrieveAt, installAt }: { state: FirmwareState; stateAt: Instant; retrieveAt: Instant; installAt: Instant | null },
  patienceMs: number,
): Instant | undefined {
  if (firmwareEnded(state) || state === 'waiting') return undefined
  const from =
    state === 'asked' ? latest(stateAt, retrieveAt) : state === 'installScheduled' ? latest(stateAt, installAt ?? stateAt) : stateAt
  return plus(from, patienceMs)
}
