import { authorise } from '../../charging/authorise.ts'
import { recorded } from '../said.ts'
import { idTagInfo } from './id-tag-info.ts'

export const authorize = recorded<{ idTag: string }>(async ({ ctx, charger, payload: { idTag }, arrival, record }) => {
  const authorisation = await authorise(ctx.db.prisma, charger.depotId, idTag, arrival.receivedAt)
  await record([{ kind: 'authorized', at: arrival.receivedAt, idTag, verdict: authorisation.verdict }])
  return { idTagInfo: idTagInfo(authorisation) }
})
