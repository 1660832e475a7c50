// The simulator on its own: `SIMULATOR_CONFIG=depot.json node server/simulator/main.ts`. Ends on SIGTERM, on Ctrl-C and with its parent.
import { clockSetting } from '#server/clock.ts'
import { startChargers } from './run.ts'

try {
  const running = await startChargers({
    dataDir: process.env.DATA_DIR ?? '.yardwatt',
    simulatorConfig: process.env.SIMULATOR_CONFIG,
    clock: clockSetting(process.env.YARDWATT_CLOCK),
    logLevel: process.env.LOG_LEVEL ?? 'info',
  })
  const stop = () => void running.close().finally(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(signal, stop)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
