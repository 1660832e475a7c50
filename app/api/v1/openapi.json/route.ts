import { openApi } from '#server/http/openapi.ts'

export const GET = (request: Request): Response => Response.json(openApi(new URL(request.url).origin))
