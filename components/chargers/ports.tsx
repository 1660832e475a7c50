'use client'
import type { ChargerRow } from '#lib/api/charger.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Question } from '../ui/question.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import type { Ask, ChargerView } from './charger-detail.tsx'

type Port = ChargerRow['ports'][number]

/** Each port with its state and what can be done at it. */
export function Ports({ charger, pending, ask }: { charger: ChargerView; pending: boolean; ask: Ask }) {
  return (
    <Question title="What do its ports do?" className="border-line border-b px-4 py-4 md:px-6">
      <Table<Port>
        caption="Ports"
        className="mt-2"
        rows={charger.ports}
        rowKey={({ id }) => id}
        columns={[
          { name: 'Port', header: true, cell: ({ number, bay }) => <span className="whitespace-nowrap">{`${number}, bay ${bay}`}</span> },
          { name: 'State', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
          { name: 'kW', numeric: true, cell: ({ powerW }) => (powerW === null ? '?' : kilowattsText(powerW)) },
          {
            name: 'Acts',
            hiddenName: true,
            className: 'w-full',
            cell: (port) => <PortActs charger={charger} port={port} pending={pending} ask={ask} />,
          },
        ]}
      />
    </Question>
  )
}

const OUT = 'Out of service'

function PortActs({ charger: { whyNot, name }, port, pending, ask }: { charger: ChargerView; port: Port; pending: boolean; ask: Ask }) {
  const wait = pending ? 'Wait for the answer to what was asked.' : null
  const at = `at bay ${port.bay}`
  const out = port.word === OUT || port.mark === 'off'
  return (
    <div className="flex flex-wrap justify-end gap-2 py-1.5">
      <Button
        disabledReason={wait ?? whyNot.start}
        onClick={() => void ask({ kind: 'start', port: port.number }, `Start ${at}`)}
        aria-label={`Start ${at}`}
      >
        Start
      </Button>
      <Confirm
        label="Stop"
        title={`Stop the session ${at}?`}
        consequence="The vehicle keeps what it has so far. It may leave with less than it needs."
        verb="Stop"
        disabledReason={wait ?? whyNot.stop}
        onConfirm={() => void ask({ kind: 'stop', port: port.number }, `Stop ${at}`)}
      />
      <Confirm
        label={out ? 'Put into service' : 'Take out of service'}
        title={out ? `Put bay ${port.bay} into service?` : `Take bay ${port.bay} out of service?`}
        consequence={
          out
            ? 'Vehicles can charge there again, and the plan uses it.'
            : `No vehicle can charge there until it is put into service again. A running session goes on until it ends; ${name} then blocks the port.`
        }
        verb={out ? 'Put into service' : 'Take out'}
        disabledReason={wait ?? whyNot.reset}
        onConfirm={() =>
          void ask({ kind: 'availability', port: port.number, operative: out }, `${out ? 'Put into service' : 'Take out of service'} ${at}`)
        }
      />
      <Button
        disabledReason={wait ?? whyNot.reset}
        onClick={() => void ask({ kind: 'compositeSchedule', port: port.number }, `Which limits it follows ${at}`)}
        aria-label={`Ask for its schedule ${at}`}
      >
        Ask for its schedule
      </Button>
    </div>
  )
}
