import { Readable } from 'node:stream'
import { sessionFilter } from '#lib/api/session.ts'
import { readers } from '#lib/auth/role.ts'
import { exportSessions } from '#server/billing/export-sessions.ts'
import { getRuntime } from '#server/runtime.ts'
import { parsed } from './parsed.ts'
import { answerError } from './respond.ts'
import { admitted, refuseForeignDepot, refuseWrongQuery } from './route.ts'

/** `sessions.csv` of a filter, streamed: a door without a contract, since its answer is no JSON. The same people as the list. */
export async function exportDoor(request: Request, { params }: { params: Promise<{ depot: string }> }): Promise<Response> {
  const ctx = getRuntime()
  try {
    const { depot } = await params
    const who = await admitted(ctx, { method: 'GET', roles: readers }, request)
    refuseForeignDepot(who, depot)
    refuseWrongQuery(Object.keys(sessionFilter.shape), request)
    const filter = parsed(sessionFilter, Object.fromEntries(new URL(request.url).searchParams))!
    const { name, contentType, body } = await exportSessions(ctx, depot, filter, who.actor)
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': contentType,
        'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
  } catch (error) {
    return answerError(ctx, error, 'GET sessions.csv')
  }
}
