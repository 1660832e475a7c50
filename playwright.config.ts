import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { isAlive } from './server/supervisor/lock.ts'
import { findBrowser } from './server/tools/browser.ts'

// The whole product as `npm start` runs it: production build, real database, real chargers, on ports and data of its own.

// workers read this file again: the first reading decides
process.env.E2E_PORT ??= process.env.PORT ?? '20280'
process.env.E2E_OCPP_PORT ??= String(Number(process.env.E2E_PORT) + 1)
process.env.E2E_DATA_DIR ??= freshDirectory()

const { executablePath, args } = await findBrowser()

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  testIgnore: process.env.YARDWATT_LONG ? [] : '**/*.long.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${process.env.E2E_PORT}`,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    launchOptions: { executablePath, args },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `"${process.execPath}" server/main.ts`,
    url: `http://localhost:${process.env.E2E_PORT}/readyz`,
    timeout: 240_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'pipe',
    stderr: 'pipe',
    env: {
      PORT: process.env.E2E_PORT,
      OCPP_PORT: process.env.E2E_OCPP_PORT,
      DATA_DIR: process.env.E2E_DATA_DIR,
      // the story is told in the demo depot, whatever database the server tests used
      DATABASE_URL: '',
      DEMO: 'on',
      // late afternoon in the depot: energy is dear for hours, so that a plan has something to wait for
      DEMO_START: '2026-11-20T17:05:00-08:00',
      HOST: '',
    },
  },
})

/** Named after this process, so that what earlier runs left can be told from what a parallel one uses. */
function freshDirectory(): string {
  const base = join(import.meta.dirname, '.yardwatt', 'e2e')
  mkdirSync(base, { recursive: true, mode: 0o711 })
  for (const old of readdirSync(base)) if (!isAlive(Number(old.split('-')[0]))) rmSync(join(base, old), { recursive: true, force: true })
  const fresh = join(base, `${process.pid}-data`)
  mkdirSync(fresh, { recursive: true, mode: 0o711 })
  return fresh
}
