'use client'
import { addNode, changeNode, type TreeNode } from '#lib/api/site.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { say } from '../ui/toast.tsx'
import { KINDS } from './node-table.tsx'

type Given = {
  nodes: readonly TreeNode[]
  /** Undefined: a new one. */
  node: TreeNode | undefined
  close: () => void
  changed: () => Promise<void>
}

/** Name and limits of a node; of a new one also what feeds it. */
export function NodeDialog({ nodes, node, close, changed }: Given) {
  const depot = useDepot()
  const feeders = nodes.filter(({ kind }) => kind !== 'circuit')
  const root = nodes[0]
  const done = async (what: string) => {
    await changed()
    say(what, { detail: 'The plan is made again.' })
    close()
  }
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-xl!"
      title={node ? node.name : 'Add a panel or circuit'}
      description={
        node
          ? 'A lower limit is followed at once: chargers are told before the plan uses what is left.'
          : 'What it carries counts there and at everything above it.'
      }
    >
      {node ? (
        <EntryForm
          schema={changeNode.input!}
          read={readRating}
          submit="Save limits"
          cancel={close}
          send={async (input) => {
            await call(changeNode, { params: { depot: depot.id, node: node.id }, input })
            await done(`${input.name} is changed`)
          }}
        >
          {(wrong) => <Rating node={node} wrong={wrong} />}
        </EntryForm>
      ) : (
        <EntryForm
          schema={addNode.input!}
          read={(form) => ({
            ...readRating(form),
            parentId: textOf(form, 'parentId'),
            kind: textOf(form, 'kind'),
            volts: numberOf(form, 'volts'),
            wiring: textOf(form, 'wiring'),
            phases: numberOf(form, 'phases'),
          })}
          submit="Add to the site"
          cancel={close}
          send={async (input) => {
            await call(addNode, { params: { depot: depot.id }, input })
            await done(`${input.name} is added`)
          }}
        >
          {(wrong) => (
            <>
              <div className="grid items-start gap-3 md:grid-cols-2">
                <Select
                  label="Kind"
                  name="kind"
                  defaultValue="panel"
                  error={wrong.kind}
                  options={(['transformer', 'panel', 'circuit'] as const).map((value) => ({ value, label: KINDS[value] }))}
                />
                <Select
                  label="Fed by"
                  name="parentId"
                  error={wrong.parentId}
                  options={feeders.map(({ id, name, kind }) => ({ value: id, label: `${name} (${KINDS[kind]})` }))}
                />
              </div>
              <Rating wrong={wrong} />
              <div className="grid items-start gap-3 md:grid-cols-3">
                <Field label="Volts" name="volts" inputMode="numeric" defaultValue={root?.volts ?? 240} error={wrong.volts} required />
                <Select
                  label="Phases"
                  name="phases"
                  defaultValue={String(root?.phases ?? 3)}
                  error={wrong.phases}
                  options={['1', '2', '3'].map((value) => ({ value, label: value }))}
                />
                <Select
                  label="Wired"
                  name="wiring"
                  defaultValue={root?.wiring ?? 'L-L'}
                  error={wrong.wiring}
                  options={[
                    { value: 'L-L', label: 'line to line' },
                    { value: 'L-N', label: 'line to neutral' },
                  ]}
                />
              </div>
            </>
          )}
        </EntryForm>
      )}
    </Dialog>
  )
}

function Rating({ node, wrong }: { node?: TreeNode; wrong: Record<string, string> }) {
  const kilo = (value: number | null | undefined) => (value == null ? '' : String(value / 1000))
  return (
    <>
      <Field label="Name" name="name" defaultValue={node?.name} error={wrong.name} required />
      <div className="grid items-start gap-3 md:grid-cols-3">
        <Field
          label="Breaker, A"
          name="breakerA"
          inputMode="decimal"
          defaultValue={kilo(node?.breakerMa)}
          error={wrong.breakerA}
          hint="Empty: none of its own."
        />
        <Field
          label="Contract, kW"
          name="contractKw"
          inputMode="decimal"
          defaultValue={kilo(node?.contractW)}
          error={wrong.contractKw}
          hint="The smallest of all counts."
        />
        <Field
          label="Contract, A on each phase"
          name="phaseLimitA"
          inputMode="decimal"
          defaultValue={kilo(node?.phaseLimitMa)}
          error={wrong.phaseLimitA}
          hint="All of it counts, for hours."
        />
      </div>
      <label className="flex min-h-(--target) items-center gap-2">
        <input type="checkbox" name="continuousIncluded" defaultChecked={node?.continuousIncluded} className="size-4 accent-ink" />
        The breaker carries its full rating for hours (else 80 % of it counts)
      </label>
    </>
  )
}

const readRating = (form: FormData): Record<string, unknown> => ({
  name: textOf(form, 'name'),
  breakerA: numberOf(form, 'breakerA') ?? null,
  contractKw: numberOf(form, 'contractKw') ?? null,
  phaseLimitA: numberOf(form, 'phaseLimitA') ?? null,
  continuousIncluded: form.get('continuousIncluded') === 'on',
})
