import { driverAct as contract } from '#lib/api/driver.ts'
import { personOf } from '#server/auth/who.ts'
import { driverAct } from '#server/fleet/driver-act.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, input, receivedAt }) => driverAct(ctx, personOf(who), input, receivedAt), {
  journal: 'byVerb',
})
