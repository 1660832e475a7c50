import { configDefaults, defineConfig } from 'vitest/config'
import { NODE_ARGS } from './server/supervisor/node-args.ts'

// files that take minutes run with `npm test -- --long` only
const exclude = [...configDefaults.exclude, ...(process.env.YARDWATT_LONG ? [] : ['**/*.long.test.ts'])]

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['lib/**/*.test.ts', 'components/**/*.test.{ts,tsx}'], exclude, execArgv: NODE_ARGS } },
      {
        test: {
          name: 'server',
          include: ['server/**/*.test.ts'],
          exclude,
          globalSetup: ['server/tools/test-database.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          execArgv: NODE_ARGS,
        },
      },
    ],
  },
})
