// `npm test`: check, unit, server, browser. `-- --only server` runs one part, `--long` adds the *.long.test.ts files.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../supervisor/build.ts'
import { check } from './check.ts'
import { type Score, scoreText, total } from './score.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const RESULTS = join(ROOT, '.yardwatt', 'test-results')

const PARTS: Record<string, () => Promise<Score>> = {
  check,
  unit: () => vitest('unit'),
  server: async () => {
    await screens()
    return vitest('server')
  },
  browser: () => playwright(),
}

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, long: { type: 'boolean', default: false } } })
const wanted = values.only ?? Object.keys(PARTS)
const unknown = wanted.find((name) => !(name in PARTS))
if (unknown) {
  console.error(`There is no part "${unknown}": choose among ${Object.keys(PARTS).join(', ')}.`)
  process.exit(2)
}

const scores: Score[] = []
for (const name of wanted) {
  const began = performance.now()
  console.log(`\n— ${name}`)
  const score = await PARTS[name]!()
  scores.push(score)
  console.log(`— ${name}: ${scoreText(score)}  (${((performance.now() - began) / 1000).toFixed(0)} s)`)
}
const sum = total(scores)
console.log(`\n${scoreText(sum)}`)
process.exit(sum.failed || !sum.passed ? 1 : 0)

/** Built before anything is timed: tests that start the web, and the browser's, find them. A build that fails is told by those tests. */
async function screens(): Promise<void> {
  mkdirSync(RESULTS, { recursive: true })
  const { NODE_ENV: _, ...env } = process.env
  await build(join(RESULTS, 'build.log'), { ...env, NODE_ENV: 'production' }, new AbortController().signal).catch((error: unknown) =>
    console.error(error),
  )
}

async function vitest(project: string): Promise<Score> {
  const file = resultFile(project)
  const code = await run([
    'vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const found = read<{
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    testResults: { status: string; assertionResults: unknown[] }[]
  }>(file)
  if (!found) return { passed: 0, failed: 1 }
  // a file that does not load has no tests to fail, and a skipped test shows nothing
  const broken = found.testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0).length
  return honest({ passed: found.numPassedTests, failed: found.numFailedTests + found.numPendingTests + broken }, code)
}

async function playwright(): Promise<Score> {
  const file = resultFile('browser')
  const code = await run(['@playwright/test/cli.js', 'test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: file })
  const found = read<{ stats: { expected: number; unexpected: number; flaky: number; skipped: number }; errors: unknown[] }>(file)
  if (!found) return { passed: 0, failed: 1 }
  const { expected, unexpected, flaky, skipped } = found.stats
  return honest({ passed: expected, failed: unexpected + flaky + skipped + found.errors.length }, code)
}

/** A run that ends badly without a failed test (no web server, an error outside of tests) has failed all the same. */
function honest(score: Score, code: number): Score {
  return code !== 0 && score.failed === 0 ? { ...score, failed: 1 } : score
}

function run([program, ...args]: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', program!), ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, ...(values.long ? { YARDWATT_LONG: 'on' } : {}) },
    })
    child.on('error', (error) => {
      console.error(error.message)
      done(1)
    })
    child.on('exit', (code) => done(code ?? 1))
  })
}

function resultFile(part: string): string {
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, `${part}-${process.pid}.json`)
  rmSync(file, { force: true })
  return file
}

function read<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}
