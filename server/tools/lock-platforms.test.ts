import { expect, test } from 'vitest'
import { addMissing } from './lock-platforms.ts'

test('adds what npm left out, with the platform its name says, and nothing twice', () => {
  const lock = {
    packages: {
      '': { optionalDependencies: { '@db/windows-x64': '1.0.0' } },
      'node_modules/tool': {
        optionalDependencies: { '@tool/linux-arm64-musl': '2.1.0-beta.3', '@tool/linux-x64': '2.1.0', fsevents: '~2.3.2' },
      },
      'node_modules/tool/node_modules/@tool/linux-x64': { version: '2.1.0' },
    },
  }
  expect(addMissing(lock)).toEqual(['@db/windows-x64@1.0.0', '@tool/linux-arm64-musl@2.1.0-beta.3'])
  expect(lock.packages).toMatchObject({
    'node_modules/@db/windows-x64': { version: '1.0.0', optional: true, os: ['win32'], cpu: ['x64'] },
    'node_modules/@tool/linux-arm64-musl': { version: '2.1.0-beta.3', optional: true, os: ['linux'], cpu: ['arm64'], libc: ['musl'] },
  })
  expect(addMissing(lock)).toEqual([])
})
