// `npm run bench <name>`: runs server/bench/<name>.ts, whose last line is its result as JSON.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { NODE_ARGS } from '../supervisor/node-args.ts'

const folder = join(import.meta.dirname, '..', 'bench')
const names = globSync('*.ts', { cwd: folder })
  .map((file) => basename(file, '.ts'))
  .filter((name) => !name.includes('.'))
const [name, ...rest] = process.argv.slice(2)
if (!name || !names.includes(name)) {
  console.error(`Choose a bench: npm run bench ${names.join(' | ') || '(there is none yet)'}`)
  process.exit(2)
}
process.exit(spawnSync(process.execPath, [...NODE_ARGS, join(folder, `${name}.ts`), ...rest], { stdio: 'inherit' }).status ?? 1)
