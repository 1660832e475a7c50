import { deleteLimitHours } from '#lib/api/v1-site.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { cancelLimitHours } from '#server/planning/take-limit-hours.ts'

export const DELETE = route(deleteLimitHours, (asked) => cancelLimitHours(asked, asked.params.hours).then(() => DONE), {
  journal: 'byVerb',
})
