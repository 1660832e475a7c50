/** One of a few, each with what follows from it; chosen at once. */
export function Choices<Value extends string>({
  name,
  legend,
  choices,
  chosen,
  choose,
  error,
}: {
  name: string
  legend: string
  choices: readonly { value: Value; label: string; words: string }[]
  /** Of one that is not offered here nothing is marked. */
  chosen: string | undefined
  choose: (value: Value) => void
  error: Error | null
}) {
  return (
    <fieldset className="mt-2 flex max-w-2xl flex-col">
      <legend className="sr-only">{legend}</legend>
      {choices.map(({ value, label, words }) => (
        <label key={value} className="flex min-h-(--target) gap-3 border-line border-b py-3 last:border-b-0">
          <input
            type="radio"
            name={name}
            className="mt-0.5 size-4 flex-none accent-ink"
            checked={chosen === value}
            onChange={() => choose(value)}
          />
          <span>
            <b className="block font-semibold">{label}</b>
            <span className="text-ink-2">{words}</span>
          </span>
        </label>
      ))}
      {error && (
        <p role="alert" className="text-critical-text text-label">
          {error.message}
        </p>
      )}
    </fieldset>
  )
}
