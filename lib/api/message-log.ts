import { z } from 'zod'
import { admins, operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done } from './words.ts'

const depot = z.object({ depot: z.string() })
const kept = z.object({ days: z.number().int().min(1, 'At least a day.').max(3650, 'At most ten years.') })

export const getMessageDays = contract({
  method: 'GET',
  path: '/api/depots/:depot/message-days',
  roles: operators,
  summary: 'For how many days the raw log of the depot’s chargers is kept.',
  params: depot,
  output: kept,
})

export const setMessageDays = contract({
  method: 'PUT',
  path: '/api/message-days',
  roles: admins,
  summary: 'For how many days the raw log of the depot’s chargers is kept. Older messages are deleted within the hour.',
  input: kept.extend({ depotId: z.string() }),
  output: done,
})
