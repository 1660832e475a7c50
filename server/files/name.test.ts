import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { namedAs, withExtension } from './name.ts'

const name = 'CP.1 diagnostics 2026-11-23T0218'
const tar = Buffer.alloc(300)
tar.write('ustar', 257)

test.each([
  ['a text', Buffer.from('10:18 started\n'), 'log'],
  ['nothing', Buffer.alloc(0), 'log'],
  ['a zip', Buffer.from('PK\x03\x04rest'), 'zip'],
  ['a gzip', gzipSync('10:18 started\n'), 'gz'],
  ['a tar', tar, 'tar'],
  ['bytes', Buffer.from([1, 0, 2]), 'bin'],
])('a log without an extension gets that of %s', (_, head, extension) => {
  expect(withExtension(name, head)).toBe(`${name}.${extension}`)
})

test('a name that has one stays', () => {
  expect(withExtension('diag.zip', Buffer.from('text'))).toBe('diag.zip')
  expect(withExtension('fw-2.0.tar.gz', Buffer.from('text'))).toBe('fw-2.0.tar.gz')
})

test('ours is the name, what the charger called it tells the extension', () => {
  expect(namedAs(name, 'diag.zip')).toBe(`${name}.zip`)
  expect(namedAs(name, '../../CP.1-20261123101803.tar.gz')).toBe(`${name}.tar.gz`)
  expect(namedAs(name, 'diagnostics')).toBe(name)
  expect(namedAs(name, '')).toBe(name)
  expect(namedAs(`${name}.zip`, 'other.log')).toBe(`${name}.zip`)
})
