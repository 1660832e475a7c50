import { Mark } from '../ui/mark.tsx'
import { CopyLine } from '../ui/shown-once.tsx'

/** What to enter in the charger. The key is known here and now only. `refusal`: why the site cannot carry the charger, in a sentence. */
export function ChargerKey({
  name,
  identity,
  secret,
  url,
  refusal = null,
}: {
  name: string
  identity: string
  secret: string
  url: string
  refusal?: string | null
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
        Enter these in {name}’s own settings, then restart it: it connects by itself and is set up. The key is shown this once and kept only
        as a hash; if it is lost, the charger needs a new one.
      </p>
      <CopyLine label="Address of the central system" text={url} />
      <CopyLine label="Identity (charge point ID)" text={identity} />
      <CopyLine label="Key (AuthorizationKey, basic authentication)" text={secret} />
    </div>
  )
}
