import { type Column, Table } from './table.tsx'

/** What became of each line of an import. `words` name the outcomes in the order in which a person must look at them. */
export function LineResults<Outcome extends string, Row extends { line: number; outcome: Outcome }>({
  lines,
  words,
  more,
}: {
  lines: readonly Row[]
  words: Readonly<Record<Outcome, string>>
  more: readonly Column<Row>[]
}) {
  const order = Object.keys(words)
  return (
    <Table<Row>
      caption="What became of each line"
      className="mt-2 max-h-80 overflow-y-auto"
      rows={lines.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome) || a.line - b.line)}
      rowKey={({ line }) => line}
      columns={[
        { name: 'Line', header: true, cell: ({ line }) => line },
        { name: 'Result', className: 'whitespace-nowrap', cell: ({ outcome }) => words[outcome] },
        ...more,
      ]}
    />
  )
}
