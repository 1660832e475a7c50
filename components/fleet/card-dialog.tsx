'use client'
import { useQueryClient } from '@tanstack/react-query'
import type { FleetView } from '#lib/api/fleet.ts'
import { addToken, changeToken, getTokens, removeToken, type TokenRow, tokenInput, tokenKinds } from '#lib/api/token.ts'
import { momentText } from '#lib/format/time.ts'
import { instant } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { say } from '../ui/toast.tsx'
import { KINDS } from './card-table.tsx'

/** What a card is, whose, until when, and in which group. A lost one is blocked here at once. */
export function CardDialog({
  fleet,
  card,
  close,
  changed,
}: {
  fleet: FleetView
  /** Undefined: a new one. */
  card: TokenRow | undefined
  close: () => void
  changed: () => Promise<void>
}) {
  const depot = useDepot()
  const cache = useQueryClient()
  const done = async (what: string, detail: string) => {
    await Promise.all([changed(), cache.invalidateQueries({ queryKey: [getTokens.path, depot.id] })])
    say(what, { detail })
    close()
  }
  return (
    <Dialog open onOpenChange={(to) => !to && close()} className="max-w-xl!" title={card ? `Card ${card.idTag}` : 'Add a card'}>
      <EntryForm
        schema={tokenInput}
        read={(form) => ({
          ...readCard(form),
          idTag: card?.idTag ?? textOf(form, 'idTag'),
          status: card?.status === 'blocked' ? 'blocked' : 'accepted',
        })}
        submit={card ? 'Save card' : 'Add the card'}
        cancel={close}
        beside={card && <CardActs card={card} done={done} />}
        send={async ({ idTag, ...input }) => {
          if (card) await call(changeToken, { params: { depot: depot.id, token: card.id }, input })
          else await call(addToken, { params: { depot: depot.id }, input: { idTag, ...input } })
          await done(card ? `${idTag} is changed` : `${idTag} is added`, 'The chargers are told.')
        }}
      >
        {(wrong) => (
          <div className="grid items-start gap-3 md:grid-cols-2">
            {!card && (
              <Field
                label="Number"
                name="idTag"
                error={wrong.idTag}
                maxLength={20}
                hint="As printed on it, at most 20 characters."
                spellCheck={false}
                autoComplete="off"
                autoFocus
                required
              />
            )}
            <Select
              label="Type"
              name="kind"
              defaultValue={card?.kind ?? 'rfid'}
              error={wrong.kind}
              options={tokenKinds.map((value) => ({ value, label: KINDS[value] }))}
            />
            <Select
              label="Vehicle"
              name="vehicleId"
              defaultValue={card?.vehicle?.id ?? ''}
              error={wrong.vehicleId}
              options={[{ value: '', label: 'None' }, ...fleet.vehicles.map(({ id, name }) => ({ value: id, label: name }))]}
            />
            <Field label="Driver" name="driver" defaultValue={card?.driver ?? ''} error={wrong.driver} />
            <Field label="Cost centre" name="costCentre" defaultValue={card?.costCentre ?? ''} error={wrong.costCentre} />
            <Field
              label="Expires"
              name="expires"
              defaultValue={card?.expiresAt == null ? '' : localIso(instant(card.expiresAt), depot.zone).slice(0, 16).replace('T', ' ')}
              error={wrong.expires}
              hint={
                card?.expiresAt == null
                  ? 'Empty: never. A day such as 2027-06-30 means its end.'
                  : `Now: ${momentText(card.expiresAt, depot.zone)}. Empty: never.`
              }
            />
            <Field
              label="Group"
              name="group"
              defaultValue={card?.group ?? ''}
              error={wrong.group}
              hint="Cards of one group may stop each other’s sessions."
            />
            <Field
              label="Parent id"
              name="parentIdTag"
              defaultValue={card?.parentIdTag ?? ''}
              error={wrong.parentIdTag}
              maxLength={20}
              hint="By which chargers know the group. Empty: given by us."
              spellCheck={false}
              autoComplete="off"
            />
          </div>
        )}
      </EntryForm>
    </Dialog>
  )
}

function CardActs({ card, done }: { card: TokenRow; done: (what: string, detail: string) => Promise<void> }) {
  const depot = useDepot()
  const params = { depot: depot.id, token: card.id }
  const blocked = card.status === 'blocked'
  return (
    <>
      <Confirm
        label={blocked ? 'Unblock' : 'Block'}
        title={blocked ? `Let ${card.idTag} charge again?` : `Block ${card.idTag}?`}
        consequence={
          blocked
            ? 'Whoever holds this card can start a session again.'
            : 'Whoever holds this card cannot start a session any more, also at chargers without a connection once they were told. One that runs goes on until it is stopped.'
        }
        verb={blocked ? 'Unblock' : 'Block'}
        onConfirm={async () => {
          await call(changeToken, { params, input: { status: blocked ? 'accepted' : 'blocked' } })
          await done(`${card.idTag} ${blocked ? 'may charge again' : 'is blocked'}`, 'The chargers are told.')
        }}
      />
      <Confirm
        label="Remove"
        title={`Remove ${card.idTag}?`}
        consequence="It is unknown from then on. One that was used keeps its sessions and can only be blocked."
        verb="Remove"
        disabledReason={card.usedAt === null ? null : 'It was used: its sessions would lose their owner. Block it instead.'}
        onConfirm={async () => {
          await call(removeToken, { params })
          await done(`${card.idTag} is removed`, 'The chargers are told.')
        }}
      />
    </>
  )
}

const readCard = (form: FormData): Record<string, unknown> => ({
  kind: textOf(form, 'kind'),
  vehicleId: textOf(form, 'vehicleId') || null,
  driver: textOf(form, 'driver') || null,
  costCentre: textOf(form, 'costCentre') || null,
  expires: textOf(form, 'expires') || null,
  group: textOf(form, 'group') || null,
  parentIdTag: textOf(form, 'parentIdTag') || null,
})
