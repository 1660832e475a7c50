import { getBoard } from '#lib/api/board.ts'
import { route } from '#server/http/route.ts'
import { boardView } from '#server/live/views.ts'

export const GET = route(getBoard, ({ ctx, params }) => boardView(ctx, params.depot))
