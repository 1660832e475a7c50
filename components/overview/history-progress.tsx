import { decimal } from '#lib/format/number.ts'

/** The demo fills its past in the background. */
export function HistoryProgress({ done, of }: { done: number; of: number }) {
  const share = of > 0 ? Math.min(100, (done / of) * 100) : 0
  return (
    <p className="mt-2 flex items-center gap-3 text-ink-2 text-note">
      <span>Filling 7 days of history: {decimal(share, 0)} %</span>
      <progress
        value={share}
        max={100}
        aria-label="History filled"
        className="h-1 w-32 appearance-none overflow-hidden rounded-bar bg-sunken [&::-moz-progress-bar]:bg-base [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-base"
      />
    </p>
  )
}
