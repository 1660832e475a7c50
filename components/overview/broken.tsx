'use client'
import Link from 'next/link'
import type { AlertView, OverviewView } from '#lib/api/overview.ts'
import { counted } from '#lib/format/number.ts'
import { spanText } from '#lib/format/time.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Key } from '../ui/key.tsx'
import { Mark } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { useHref } from '../ui/use-href.ts'
import { HistoryProgress } from './history-progress.tsx'

const SHOWN = 4

/** What is broken? The symptom first, its cause below. */
export function Broken({ view: { alerts, ports, telematicsAgeS, history }, stale }: { view: OverviewView; stale: boolean }) {
  const href = useHref()
  const now = useDepotNow(10_000)
  const more = alerts.length > 0 ? { href: href('/board', { filter: 'action' }), label: counted(alerts.length, 'open alert') } : null
  return (
    <Question
      title="What is broken?"
      more={more}
      id="broken"
      className="border-line border-b p-4 md:px-6 md:py-5 xl:col-start-2 xl:row-start-1 xl:border-l"
    >
      {alerts.length === 0 ? (
        <p className="py-2">Nothing. Every charger answers and every van draws what it was given.</p>
      ) : (
        <ul className="mt-1">
          {alerts.slice(0, SHOWN).map((alert) => (
            <Alert key={alert.key} alert={alert} now={now} />
          ))}
        </ul>
      )}
      <Key
        className="border-line border-t pt-2.5"
        items={[
          { label: 'Ports', value: `${ports.fine} of ${ports.all} fine` },
          ...(telematicsAgeS === null ? [] : [{ label: 'Telematics', value: spanText(telematicsAgeS * 1000) }]),
          ...(alerts.length > SHOWN ? [{ label: `and ${counted(alerts.length - SHOWN, 'more alert')}` }] : []),
        ]}
      />
      {history && <HistoryProgress {...history} />}
      {stale && <p className="mt-2 text-label text-serious-text">The server does not answer: this is what it said last.</p>}
    </Question>
  )
}

function Alert({ alert, now }: { alert: AlertView; now: number }) {
  const what = alert.href ? (
    <Link href={alert.href} className="hover:underline">
      {alert.what}
    </Link>
  ) : (
    alert.what
  )
  return (
    <li className="grid grid-cols-[20px_minmax(0,1fr)_auto] border-line border-t py-[9px] first:border-t-0">
      <Mark kind={alert.mark} className="mt-1" />
      <p className="font-semibold">{what}</p>
      <time className="pl-2 text-ink-3 text-label leading-5">{spanText(Math.max(0, now - alert.since))}</time>
      <p className="col-start-2 text-ink-2">{alert.why}</p>
    </li>
  )
}
