import { Mark } from '../ui/mark.tsx'
import { CopyLine } from '../ui/shown-once.tsx'

/** What to enter in the charger. The key is known here and now only. `refusal`: why the site cannot carry the charger, in a sentence. */
export function ChargerKey({
  name,
  identity,
  secret,
  url,
  refusal = null,
  told = false,
}: {
  name: string
  identity: string
  secret: string
  url: string
  refusal?: string | null
  /** The charger is being told the key itself. */
  told?: boolean
}) {
  return (
    <div className="flex flex-col gap-3">
      {refusal !== null && (
        <p role="alert" className="flex items-baseline gap-2 bg-serious-tint px-3 py-2 text-serious-text">
          <Mark kind="serious" />
          <span>{refusal}</span>
        </p>
      )}
      <p className="text-ink-2">
        {told
          ? `${name} is being told this key and comes back with it by itself. Keep it for the day that it has to be entered by hand: it is shown this once.`
          : `Enter these in ${name}’s own settings, then restart it: it connects by itself and is set up. The key is shown this once and kept only as a hash; if it is lost, the charger needs a new one.`}
      </p>
      <CopyLine label="Address of the central system" text={url} />
      <CopyLine label="Identity (charge point ID)" text={identity} />
      <CopyLine label="Key (AuthorizationKey, basic authentication)" text={secret} />
    </div>
  )
}
