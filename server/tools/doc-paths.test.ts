import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lostPaths } from './doc-paths.ts'

test('a document that names a path which is gone is told so, with its line', () => {
  const root = mkdtempSync(join(tmpdir(), 'yardwatt-docs-'))
  mkdirSync(join(root, 'lib'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'lib', 'here.ts'), '')
  writeFileSync(join(root, 'README.md'), 'See `lib/here.ts:12`, `lib/<noun>/x.ts`, [the web](https://example.com).\nAnd `lib/gone.ts`.')
  writeFileSync(join(root, 'docs', 'a.md'), '[root](../README.md) [beside](b.md)')
  expect(lostPaths(root).map(({ file, line, message }) => `${file}:${line} ${message.split(',')[0]}`)).toEqual([
    'README.md:2 names lib/gone.ts',
    join('docs', 'a.md:1 names b.md'),
  ])
})
