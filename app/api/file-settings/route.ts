import { getFileSettings, putFileSettings } from '#lib/api/file.ts'
import { fileSettingsView, saveFileSettings } from '#server/files/settings.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getFileSettings, ({ ctx }) => fileSettingsView(ctx))

export const PUT = route(
  putFileSettings,
  async ({ ctx, who, input }) => {
    await saveFileSettings(ctx, input, who.actor)
    return DONE
  },
  { journal: 'byVerb' },
)
