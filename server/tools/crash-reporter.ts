import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError } from 'vitest/node'

/** Writes the test files in which Node itself crashed, as a JSON array of paths, to the file that CRASHES_FILE names; none where something else went wrong too. */
export default class CrashReporter implements Reporter {
  onTestRunEnd(_files: unknown, errors: readonly SerializedError[]): void {
    const crashed = errors.flatMap(crashedFile)
    if (process.env.CRASHES_FILE) writeFileSync(process.env.CRASHES_FILE, JSON.stringify(crashed.length === errors.length ? crashed : []))
  }
}

/** Vitest tells it in a sentence only. */
function crashedFile(error: SerializedError): string[] {
  const cause = error.cause as { message?: string } | undefined
  const [, file] = /with signal SIG(?:SEGV|BUS|ILL|TRAP) during .* while running test file (.+)$/.exec(cause?.message ?? '') ?? []
  return file ? [file] : []
}
