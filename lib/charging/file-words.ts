import type { Mark } from '#lib/api/words.ts'
import type { FirmwareState } from './firmware-progress.ts'
import type { LogState } from './log-progress.ts'

// Words for the screen: what a state is, and what it means for the charger.

export const LOG_NAMES: Record<string, string> = {
  diagnostics: 'Diagnostics',
  DiagnosticsLog: 'Diagnostics log',
  SecurityLog: 'Security log',
}

export const LOG_WORDS: Record<LogState, { mark: Mark; word: string }> = {
  asked: { mark: 'standby', word: 'Asked' },
  refused: { mark: 'serious', word: 'Refused' },
  unknown: { mark: 'caution', word: 'Nothing heard' },
  uploading: { mark: 'standby', word: 'Being sent' },
  uploaded: { mark: 'normal', word: 'Received' },
  failed: { mark: 'serious', word: 'Failed' },
  cancelled: { mark: 'off', word: 'Given up' },
}

export const FIRMWARE_WORDS: Record<FirmwareState, { mark: Mark; word: string; meaning: string }> = {
  waiting: { mark: 'paused', word: 'Waits for the charger to be free', meaning: 'It is sent once no session runs and nobody leaves soon.' },
  asked: { mark: 'standby', word: 'Asked', meaning: 'The charger fetches the image by itself.' },
  refused: { mark: 'serious', word: 'Refused', meaning: 'Nothing was changed at the charger.' },
  unknown: {
    mark: 'caution',
    word: 'Nothing heard',
    meaning: 'It may still be going on. The next boot or status of the charger will tell.',
  },
  downloading: { mark: 'standby', word: 'Fetches the image', meaning: 'The charger works on with its old firmware.' },
  downloaded: { mark: 'standby', word: 'Has the image', meaning: 'The charger works on with its old firmware.' },
  verified: { mark: 'standby', word: 'Signature verified', meaning: 'The image is the maker’s own; it is installed next.' },
  installScheduled: {
    mark: 'standby',
    word: 'Installs later',
    meaning: 'The charger waits for the moment it was given, or for its session to end.',
  },
  installing: {
    mark: 'caution',
    word: 'Installs',
    meaning: 'It cannot charge meanwhile. Until it took its limits anew, its full power is kept free.',
  },
  rebooting: { mark: 'caution', word: 'Starts anew', meaning: 'It comes back by itself; its boot tells which firmware it runs then.' },
  installed: { mark: 'normal', word: 'Installed', meaning: 'The charger runs the new firmware.' },
  failed: { mark: 'critical', word: 'Failed', meaning: 'The charger goes on with the firmware it had.' },
  cancelled: { mark: 'off', word: 'Given up', meaning: 'A newer update took its place, or a person gave it up.' },
}

/** The charger's own word, before a boot has proven it. */
const SAYS_INSTALLED = {
  mark: 'standby',
  word: 'Installed, by its own word',
  meaning: 'It has not started anew since: its boot tells whether it runs the new firmware.',
} as const

/** How an update stands. `started`: a boot has shown that the charger runs it. */
export const firmwareWords = (state: FirmwareState, started: boolean): { mark: Mark; word: string; meaning: string } =>
  state === 'installed' && !started ? SAYS_INSTALLED : FIRMWARE_WORDS[state]

export type FileState = 'awaited' | 'receiving' | 'complete' | 'failed' | 'expired'
export const FILE_WORDS: Record<FileState, { mark: Mark; word: string }> = {
  awaited: { mark: 'standby', word: 'Awaited' },
  receiving: { mark: 'standby', word: 'Arrives' },
  complete: { mark: 'normal', word: 'Complete' },
  failed: { mark: 'serious', word: 'Refused' },
  expired: { mark: 'off', word: 'Never arrived' },
}
