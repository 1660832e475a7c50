import { putVehicleState } from '#lib/api/dispatch.ts'
import { takeVehicleState } from '#server/fleet/dispatch.ts'
import { route } from '#server/http/route.ts'

// a measurement is no change of ours: a depot's vans report each few seconds, and the vehicle keeps the newest
export const PUT = route(putVehicleState, (asked) => takeVehicleState(asked, asked.params.id, asked.input), { journal: 'byVerb' })
