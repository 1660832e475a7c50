import { openFile as contract } from '#lib/api/file.ts'
import { openFile } from '#server/files/library.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, params }) => openFile(ctx, { depotId: params.depot, id: params.file, actor: who.actor }), {
  journal: 'byVerb',
})
