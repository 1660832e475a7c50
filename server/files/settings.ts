import { type FileSettings, fileSettings } from '#lib/api/file.ts'
import type { Ctx } from '../runtime.ts'
import type { Db } from '../store/database.ts'
import { usedBytes } from '../store/file.ts'
import { writeJournal } from '../store/journal.ts'
import { readSetting, writeSetting } from '../store/setting.ts'

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

/** The same for the screen, with what is there now. */
export async function fileSettingsView({ db }: Pick<Ctx, 'db'>): Promise<FileSettings & { usedBytes: number; files: number }> {
  return { ...(await readFileSettings(db.prisma)), ...(await usedBytes(db.prisma)) }
}

export async function saveFileSettings({ db, clock }: Pick<Ctx, 'db' | 'clock'>, settings: FileSettings, actor: string): Promise<void> {
  await writeSetting(db.prisma, FILES_SETTING, settings)
  await writeJournal(db.prisma, clock, { actor, kind: 'setting.changed', subject: FILES_SETTING, data: settings })
}
