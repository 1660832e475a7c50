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

const FAILED: Score = { passed: 0, failed: 1 }
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

/** Where Node itself crashed once (decision 016), that file is asked again, and what it says then counts. */
async function vitest(project: string): Promise<Score> {
  const first = await vitestOnce(project)
  const [crashed, ...more] = first.crashed
  if (!crashed || more.length > 0) return honest(first.score, first.code)
  console.log(`\nNode itself crashed (SIGSEGV or the like) in ${crashed}: that file is run again.`)
  const again = await vitestOnce(project, [crashed])
  return honest(total([first.others, again.score]), again.code)
}

type VitestRun = { score: Score; others: Score; crashed: string[]; code: number }

/** `others`: without the files in which Node crashed. */
async function vitestOnce(project: string, files: string[] = []): Promise<VitestRun> {
  const [file, crashes] = [resultFile(project), resultFile(`${project}-crashes`)]
  const reporters = ['default', 'json', './server/tools/crash-reporter.ts'].map((reporter) => `--reporter=${reporter}`)
  const args = ['run', '--project', project, ...reporters, `--outputFile.json=${file}`, ...files]
  const code = await run(['vitest/vitest.mjs', ...args], { CRASHES_FILE: crashes })
  const crashed = read<string[]>(crashes) ?? []
  const found = read<{ testResults: TestFile[] }>(file)?.testResults
  if (!found) return { score: FAILED, others: FAILED, crashed: [], code }
  return { score: scoreOf(found), others: scoreOf(found.filter(({ name }) => !crashed.includes(name))), crashed, code }
}

type TestFile = { name: string; status: string; assertionResults: { status: string }[] }

/** A file that does not load has no tests to fail, and a skipped test shows nothing. */
function scoreOf(files: TestFile[]): Score {
  const tests = files.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed').length
  const broken = files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length
  return { passed, failed: tests.length - passed + broken }
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
