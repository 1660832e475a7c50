import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zerega } from '#lib/planning/depot-fixture.ts'
import { plan } from '#lib/planning/plan.ts'

const folder = mkdtempSync(join(tmpdir(), 'yardwatt-plan-'))
const file = (name: string, value?: unknown): string => {
  const path = join(folder, name)
  if (value !== undefined) writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'plan.ts'), ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('a question in a file becomes a plan in a file, judged', () => {
  const output = file('plan.json')
  const { status, stderr } = run('--input', file('depot.json', zerega()), '--output', output, '--check')
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^0 violations\. 14 of 14 vehicles ready, 0 Wh missing\./)])
  expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(JSON.parse(JSON.stringify(plan(zerega()))))
})

test('the example of the docs is a question, whatever mark its file begins with', () => {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'planner-json.md'), 'utf8')
  const example = /```json\n(.*?)```/s.exec(docs)![1]!
  const { status, stderr } = run('--input', file('example.json', `\uFEFF${example}`), '--check')
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^0 violations\. 1 of 1 vehicles ready/)])
})

test('a stored plan comes out again, or it is told that it does not', () => {
  const input = zerega()
  const made = plan(input)
  expect(run('--input', file('stored.json', { id: '1', input, plan: made })).stderr).toContain('bit for bit')
  const other = run('--input', file('other.json', { id: '1', input, plan: { ...made, costMicro: 1 } }))
  expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('another one')])
})

test('what cannot be read is told where it is', () => {
  const wrong = run('--input', file('wrong.json', { ...zerega(), slots: 1 }))
  expect([wrong.status, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toContain('nodes[0].limitW: has 168 values; one per slot are needed, 1')
  expect(run('--input', file('text.json', 'no json')).stderr).toContain('cannot be read as JSON')
  expect(run().status).toBe(2)
  expect(run('--inptu', 'x')).toMatchObject({ status: 2, stderr: expect.stringContaining('--inptu') })
  const nowhere = join(folder, 'nowhere', 'plan.json')
  expect(run('--input', file('depot.json', zerega()), '--output', nowhere)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(`${nowhere} cannot be written`),
  })
})
