import { setPolicy } from '#lib/api/depot.ts'
import { changeDuty } from '#lib/api/duty.ts'
import { putPeak } from '#lib/api/peak.ts'
import { changeNode, endLowerLimit, lowerLimit } from '#lib/api/site.ts'
import { type Apply, setPriority } from '#lib/api/what-if.ts'
import { call } from '../ui/call.ts'

/**
 * Makes a preview true, or takes it back, through the door that its change has anywhere else. What somebody changed since it was applied stays:
 * then it is not taken back. @returns what is to be taken back then
 */
export async function applyChange(depot: string, apply: Apply, way: 'apply' | 'undo'): Promise<Apply> {
  if (apply.kind !== 'hours') {
    await changed(depot, apply, way)
    return apply
  }
  if (way === 'apply') {
    const { id } = await call(lowerLimit, { params: { depot, node: apply.nodeId }, input: apply.limit })
    return { ...apply, id }
  }
  if (apply.id !== null) await call(endLowerLimit, { params: { depot, hours: apply.id } })
  return { ...apply, id: null }
}

function changed(depot: string, apply: Exclude<Apply, { kind: 'hours' }>, way: 'apply' | 'undo'): Promise<unknown> {
  switch (apply.kind) {
    case 'duty':
      return call(changeDuty, { params: { depot, duty: apply.dutyId }, input: way === 'apply' ? apply.after : back(apply) })
    case 'limit':
      return call(changeNode, { params: { depot, node: apply.nodeId }, input: way === 'apply' ? apply.after : back(apply) })
    case 'first':
      return call(setPriority, {
        params: { depot, vehicle: apply.vehicleId },
        input: way === 'apply' ? { first: true, until: apply.until } : { first: false, ifStill: apply.until },
      })
    case 'peak':
      return call(putPeak, { params: { depot }, input: way === 'apply' ? apply.after : back(apply) })
    case 'policy':
      return call(setPolicy, {
        params: { depot },
        input: way === 'apply' ? { policy: apply.after } : { policy: apply.before, ifStill: apply.after },
      })
  }
}

const back = <Before extends object, After>({ before, after }: { before: Before; after: After }) => ({ ...before, ifStill: after })
