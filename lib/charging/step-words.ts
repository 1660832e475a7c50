import { FIRMWARE_WORDS } from './file-words.ts'
import type { FirmwareState } from './firmware-progress.ts'

/** What the charger said, where it says more than the state; the rest is the state's own word. */
const SAID: Record<string, string> = {
  DownloadScheduled: 'Will fetch the image later',
  DownloadPaused: 'Paused the download',
  DownloadFailed: 'Could not fetch the image',
  InvalidSignature: 'Found the signature wrong',
  InstallationFailed: 'Could not install it',
  InstallVerificationFailed: 'Found the image damaged',
  Installed: 'Says that it is installed',
  Idle: 'Says that it is not updating',
}

/** One step of an update, for a person. `late`: it came after the end and changed nothing. */
export function stepWords(state: FirmwareState, said: string | null, late: boolean): string {
  if (late) return `Said "${said}" after the end; kept, and nothing changed`
  if (said === null && state === 'installed') return 'Started with the new firmware'
  if (said === null && state === 'failed') return 'Started with the old firmware again'
  return (said !== null ? SAID[said] : undefined) ?? FIRMWARE_WORDS[state].word
}
