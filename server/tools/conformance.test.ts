import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { centralActions, chargerActions } from '#lib/ocpp/actions16.ts'
import { conformanceGaps, USE_CASES } from './conformance.ts'

const root = mkdtempSync(join(tmpdir(), 'yardwatt-conformance-'))
afterAll(() => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'docs'))
mkdirSync(join(root, 'server/ocpp/conformance16'), { recursive: true })
const FILE = 'server/ocpp/conformance16/core.test.ts'
const cases = { '§4.1': ['Authorize'], '§4.6': [...chargerActions, ...centralActions] }
const row = (number: string, title: string) => `| ${number} | x | \`${FILE}\` | ${title} |`

const gaps = (document: string[], tests: string) => {
  writeFileSync(join(root, 'docs/conformance.md'), document.join('\n'))
  writeFileSync(join(root, FILE), tests)
  return conformanceGaps(root, cases).map(({ message }) => message)
}

test('a suite whose every test is listed, for every use case, has no gap', () => {
  expect(
    gaps([row('§4.1', 'Authorize: it is'), row('§4.6', "one's heartbeat")], `test('Authorize: it is', f)\n  test("one's heartbeat", f)`),
  ).toEqual([])
})

test('a use case without a test, a named test that is not there, and a test that is not listed are told', () => {
  expect(gaps([row('§4.1', 'gone')], `test('here', f)`)).toEqual([
    expect.stringContaining('no row for §4.6'),
    expect.stringContaining('does not have: gone'),
    expect.stringContaining('does not list: here'),
  ])
})

test('a message that no use case is about is told', () => {
  writeFileSync(join(root, 'docs/conformance.md'), '')
  const told = conformanceGaps(root, { '§4.1': chargerActions }).map(({ message }) => message)
  expect(told).toContainEqual(expect.stringContaining('no use case about GetLog'))
})

test('all 39 messages of 1.6 and the whitepaper have a use case', () => {
  const about = new Set(Object.values(USE_CASES).flat())
  expect([...chargerActions, ...centralActions].filter((action) => !about.has(action))).toEqual([])
  expect(about.size).toBe(39)
})
