/** What one part of the checks or tests found. */
export type Score = { passed: number; failed: number }

export const total = (scores: Score[]): Score =>
  scores.reduce((sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }), { passed: 0, failed: 0 })

export const scoreText = ({ passed, failed }: Score): string => `${passed} passed, ${failed} failed`
