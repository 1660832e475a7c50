import { type FileSettings, fileSettings } from '#lib/api/file.ts'
import type { Db } from '../store/database.ts'
import { readSetting } from '../store/setting.ts'

export const FILES_SETTING = 'files'
const USUAL: FileSettings = { keepDays: 30, keepMb: 4096, maxUploadMb: 256 }
export const MB = 1024 * 1024

/** How long and how much of logs is kept, and how large one may be. */
export async function readFileSettings(db: Db): Promise<FileSettings> {
  const kept = fileSettings.safeParse(await readSetting(db, FILES_SETTING))
  return kept.success ? kept.data : USUAL
}

/** A firmware image may be larger than any log. */
export const MOST_IMAGE_BYTES = 1024 * MB
