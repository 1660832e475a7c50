/** Tells a person at the terminal what happens: one line per step, with the time it took. */
export type Progress = {
  /** Runs a step; its line is printed when it is done. `work` returns what the line says. */
  step(name: string, work: () => Promise<string>): Promise<void>
  line(name: string, text: string): void
}

export function makeProgress(print: (line: string) => void = console.log): Progress {
  const line = (name: string, text: string) => print(`  ${name.padEnd(12)}${text}`)
  return {
    line,
    async step(name, work) {
      const began = performance.now()
      const text = await work()
      line(name, `${text}  (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    },
  }
}
