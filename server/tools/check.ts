// `npm run check`: types, lint and format, room walls, paths in documents, conformance tests. Seconds, and no database.
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conformanceGaps } from './conformance.ts'
import { lostPaths } from './doc-paths.ts'
import { type Score, scoreText } from './score.ts'
import { type Breach, breaches } from './walls.ts'

const ROOT = join(import.meta.dirname, '..', '..')
type Finding = { ok: boolean; text: string }

/** Runs every check at once and prints what is wrong. */
export async function check(): Promise<Score> {
  makeNextTypes()
  const results = await Promise.all([
    timed('types', tool('typescript/bin/tsc', '--noEmit', '-p', '.')),
    timed('lint', tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=60', '.')),
    timed(
      'walls',
      Promise.resolve().then(() => told(breaches(ROOT))),
    ),
    timed(
      'documents',
      Promise.resolve().then(() => told(lostPaths(ROOT))),
    ),
    timed(
      'conformance',
      Promise.resolve().then(() => told(conformanceGaps(ROOT))),
    ),
  ])
  const passed = results.filter(Boolean).length
  return { passed, failed: results.length - passed }
}

async function timed(name: string, work: Promise<Finding>): Promise<boolean> {
  const began = performance.now()
  const { ok, text } = await work
  console.log(`  ${name.padEnd(12)}${ok ? 'passed' : 'failed'}  (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  if (!ok) console.log(text)
  return ok
}

const tool = (path: string, ...args: string[]): Promise<Finding> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', path), ...args], { cwd: ROOT })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece) => {
        text += piece
      })
    child.on('error', (error) => done({ ok: false, text: error.message }))
    child.on('exit', (code) => done({ ok: code === 0, text }))
  })

const told = (found: Breach[]): Finding => ({
  ok: found.length === 0,
  text: found.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'),
})

/** Next writes this file at its first build; the types of styles and images need it before. */
function makeNextTypes() {
  const file = join(ROOT, 'next-env.d.ts')
  if (!existsSync(file)) writeFileSync(file, '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n')
}

if (import.meta.main) {
  const score = await check()
  console.log(scoreText(score))
  process.exit(score.failed ? 1 : 0)
}
