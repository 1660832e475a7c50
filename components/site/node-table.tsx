'use client'
import { lockOut, type TreeNode } from '#lib/api/site.ts'
import { currentText, kilowattsText, limitText, powerText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { LimitBar } from '../ui/meter.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

/** The tree as indented rows with use against limit. */
export function NodeTable({
  nodes,
  edit,
  changed,
}: {
  nodes: readonly TreeNode[]
  edit: (id: string) => void
  changed: () => Promise<void>
}) {
  return (
    <Table<TreeNode>
      caption="Site tree"
      rows={nodes}
      rowKey={({ id }) => id}
      columns={[
        {
          name: 'Node',
          header: true,
          cell: ({ id, name, kind, depth }) => (
            <span className="flex flex-col py-1" style={{ paddingLeft: depth * 16 }}>
              <button
                type="button"
                className="min-h-6 text-left font-semibold underline-offset-[3px] hover:underline"
                onClick={() => edit(id)}
              >
                {name}
              </button>
              {kind !== 'circuit' && <span className="font-normal text-ink-3 text-note">{KINDS[kind]}</span>}
            </span>
          ),
        },
        { name: 'In use', className: 'w-[34%] min-w-36', cell: (node) => <Use node={node} /> },
        { name: 'Planned now', wideOnly: true, numeric: true, cell: ({ plannedW }) => (plannedW === null ? '–' : powerText(plannedW)) },
        { name: 'Limit', wideOnly: true, className: 'whitespace-nowrap md:pl-6', cell: (node) => <Limits node={node} /> },
        { name: 'State', cell: (node) => <State node={node} /> },
        {
          name: 'Chargers',
          wideOnly: true,
          cell: ({ chargers }) =>
            chargers.length <= 3 ? chargers.map(({ name }) => name).join(', ') : `${chargers[0]!.name} and ${chargers.length - 1} more`,
        },
        { name: 'Lock-out', hiddenName: true, className: 'text-right', cell: (node) => <LockOut node={node} changed={changed} /> },
      ]}
    />
  )
}

export const KINDS: Record<TreeNode['kind'], string> = {
  service: 'service connection',
  transformer: 'transformer',
  panel: 'panel',
  circuit: 'circuit',
}

function Use({ node: { name, baseW, baseIsForecast, vehiclesW, heldW, firmW, bindingNow } }: { node: TreeNode }) {
  const used = baseW + vehiclesW + heldW
  const words = firmW === null ? powerText(used) : `${kilowattsText(used)} of ${limitText(firmW)}`
  const parts = [
    ...(baseW > 0 ? [`building ${kilowattsText(baseW)}${baseIsForecast ? ' (forecast)' : ''}`] : []),
    ...(heldW > 0 ? [`held ${kilowattsText(heldW)}`] : []),
  ]
  return (
    <div className="py-1">
      {firmW !== null && <LimitBar used={used} limit={firmW} binding={bindingNow} label={`${name}: ${words}`} />}
      <p className="mt-1">
        <span className="whitespace-nowrap">{words}</span>{' '}
        {parts.length > 0 && <span className="text-ink-2 text-note">{parts.join(', ')}</span>}
      </p>
    </div>
  )
}

function Limits({ node }: { node: TreeNode }) {
  return (
    <span className="flex flex-col">
      {limitWords(node)}
      {node.phaseMa !== null && (node.phases === 3 || node.linesMissing > 0) && (
        <span className="text-ink-3 text-note">{phaseWords(node, node.phaseMa)}</span>
      )}
    </span>
  )
}

/** What is kept on each phase, or why only the power of all is. */
const phaseWords = ({ linesMissing, phaseLimitMa }: TreeNode, phaseMa: number): string => {
  if (linesMissing === 0) return `${currentText(phaseMa)} kept on each phase`
  const missing = `lines of ${counted(linesMissing, 'port')} not known`
  return phaseLimitMa === null ? `kept as power: ${missing}` : `${missing}: counted on each phase`
}

const limitWords = ({ breakerMa, continuousIncluded, contractW, phaseLimitMa }: TreeNode): string =>
  [
    ...(contractW === null ? [] : [`contract ${limitText(contractW)}`]),
    ...(phaseLimitMa === null ? [] : [`contract ${currentText(phaseLimitMa)} a phase`]),
    ...(breakerMa === null ? [] : [`breaker ${currentText(breakerMa)}${continuousIncluded ? '' : ' × 80 %'}`]),
  ].join(', ') || 'none of its own'

function State({ node: { bindingFrom, bindingNow, lockedOutAt } }: { node: TreeNode }) {
  const now = useDepotNow(30_000)
  const zone = useDepotZone()
  if (lockedOutAt !== null) return <Status kind="off" word={`Locked out since ${nearText(lockedOutAt, now, zone)}`} />
  if (bindingNow) return <Status kind="paused" word="Holds the plan" />
  return <span className="text-ink-2">{bindingFrom === null ? '' : `full from ${nearText(bindingFrom, now, zone)}`}</span>
}

function LockOut({ node: { id, name, charging, lockedOutAt }, changed }: { node: TreeNode; changed: () => Promise<void> }) {
  const depot = useDepot()
  const act = async (lock: boolean) => {
    const { unreached } = await call(lockOut, { params: { depot: depot.id, node: id }, input: { lock } })
    await changed()
    if (unreached.length > 0)
      sayProblem(
        'Not every charger was reached',
        `No answer from ${unreached.join(', ')}: switch off at the breaker before anybody touches it.`,
      )
    else say(lock ? `${name} is locked out` : `${name} may charge again`)
  }
  return lockedOutAt === null ? (
    <Confirm
      variant="quiet"
      label="Lock out"
      title={`Lock out ${name}?`}
      consequence={`${charging === 0 ? 'Nothing charges below it now.' : `${counted(charging, 'van')} below it ${charging === 1 ? 'stops' : 'stop'} now.`} Its ports are held at zero until someone releases it, also after a restart. This switches no breaker: do that by hand before work begins.`}
      verb="Lock out"
      onConfirm={() => act(true)}
    />
  ) : (
    <Confirm
      label="Release"
      title={`Release ${name}?`}
      consequence="The plan takes over at once. Make sure that nobody works at it."
      verb="Release"
      onConfirm={() => act(false)}
    />
  )
}
