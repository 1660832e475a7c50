import { setPolicy } from '#lib/api/depot.ts'
import { changeDuty } from '#lib/api/duty.ts'
import { changeNode } from '#lib/api/site.ts'
import { type Apply, setPriority } from '#lib/api/what-if.ts'
import { call } from '../ui/call.ts'

/** Makes a preview true, or takes it back, through the door that its change has anywhere else. */
export function applyChange(depot: string, apply: Apply, way: 'apply' | 'undo'): Promise<unknown> {
  switch (apply.kind) {
    case 'duty':
      return call(changeDuty, { params: { depot, duty: apply.dutyId }, input: way === 'apply' ? apply.after : apply.before })
    case 'limit':
      return call(changeNode, { params: { depot, node: apply.nodeId }, input: way === 'apply' ? apply.after : apply.before })
    case 'first':
      return call(setPriority, {
        params: { depot, vehicle: apply.vehicleId },
        input: way === 'apply' ? { first: true, until: apply.until } : { first: false },
      })
    case 'policy':
      return call(setPolicy, { params: { depot }, input: { policy: way === 'apply' ? apply.after : apply.before } })
  }
}
