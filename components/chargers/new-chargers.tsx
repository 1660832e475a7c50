'use client'
import { useMutation } from '@tanstack/react-query'
import { setNewChargers } from '#lib/api/provisioning.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { say } from '../ui/toast.tsx'
import { useChargersChanged } from './provisioning-query.ts'

/** How chargers that are added begin in this depot. */
export function NewChargers({ value }: { value: 'accepted' | 'pending' }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const choose = useMutation({
    mutationFn: (registration: 'accepted' | 'pending') => call(setNewChargers, { params: { depot: depot.id }, input: { registration } }),
    onSuccess: async (_, registration) => {
      await changed()
      say(registration === 'pending' ? 'New chargers wait for approval' : 'New chargers are accepted at once')
    },
  })
  const waits = (choose.isPending ? choose.variables : value) === 'pending'
  return (
    <div className="mt-auto border-line border-t px-4 py-3 md:px-6">
      <label className="flex min-h-(--target) items-center gap-2">
        <input
          type="checkbox"
          className="size-4 flex-none accent-ink"
          checked={waits}
          onChange={({ target }) => choose.mutate(target.checked ? 'pending' : 'accepted')}
        />
        <span>
          New chargers wait for approval
          <span className="block text-ink-3 text-note">
            When they connect they are asked what they are, and charge nobody until you approve them.
          </span>
        </span>
      </label>
      {choose.error && (
        <p role="alert" className="text-critical-text text-label">
          {choose.error.message}
        </p>
      )}
    </div>
  )
}
