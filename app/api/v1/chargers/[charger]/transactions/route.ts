import { listTransactions } from '#lib/api/v1-charger.ts'
import { route } from '#server/http/route.ts'
import { v1Transactions } from '#server/live/v1-charger-view.ts'

export const GET = route(listTransactions, (asked) => v1Transactions(asked, asked.params.charger, asked.input))
