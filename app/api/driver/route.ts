import { getMyVan } from '#lib/api/driver.ts'
import { personOf } from '#server/auth/who.ts'
import { route } from '#server/http/route.ts'
import { driverView } from '#server/live/driver-view.ts'

export const GET = route(getMyVan, ({ ctx, who, input }) => driverView(ctx, personOf(who), input.vehicle))
