// Runs on any Node that npm uses: writes the Prisma client from prisma/schema.prisma (no engine download is needed for that).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

if (existsSync('prisma/schema.prisma')) {
  const done = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  })
  if (done.status !== 0) {
    console.error('The Prisma client could not be written from prisma/schema.prisma; see the lines above.')
    process.exit(1)
  }
}
