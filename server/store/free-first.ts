/**
 * Writes rows of many chargers so that nobody waits for a set: those that nobody else is writing first, the others a moment later, and at last
 * one by one, each waited for. Rows of one thing are written in their order. `write` answers with the things that need not be tried again; with
 * `wait` it passes nobody over.
 */
export async function freeFirst<Row>(
  rows: Row[],
  thingOf: (row: Row) => string,
  write: (rows: Row[], wait: boolean) => Promise<Set<string>>,
): Promise<void> {
  let rest = rows
  for (let tries = 0; rest.length > 0 && tries < TRIES; tries++) {
    if (tries > 0) await new Promise((soon) => setTimeout(soon, AGAIN_MS))
    const first = new Map<string, Row>()
    for (const row of rest) if (!first.has(thingOf(row))) first.set(thingOf(row), row)
    const done = await write([...first.values()], false)
    rest = rest.filter((row) => first.get(thingOf(row)) !== row || !done.has(thingOf(row)))
    // there was a second of something: it is nobody's fault
    if (done.size === first.size) tries = -1
  }
  for (const row of rest) await write([row], true)
}

const TRIES = 5
const AGAIN_MS = 20
