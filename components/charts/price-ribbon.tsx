'use client'
import { useId } from 'react'
import { centText, priceText } from '#lib/format/money.ts'
import { nearWindowText } from '#lib/format/time.ts'
import { EventBands, type GridEvent, Hatches, HourLines, NowLine } from './frame-parts.tsx'
import { type Frame, type Gutters, hourTicks, PLAN_GUTTERS, round, xOf } from './time-axis.ts'
import { useWidth } from './use-width.ts'

/** A price from `from` (UTC ms) until the next; `microPerKwh` in millionths of the currency's unit. */
export type Price = { from: number; microPerKwh: number; window?: string }

const LEVELS = ['fill-price-1', 'fill-price-2', 'fill-price-3'] as const

/** One ochre in three steps, price written in. Between the plan and the site's power, on their time axis. */
export function PriceRibbon({
  from,
  until,
  now,
  zone,
  prices,
  currency,
  events = [],
  gutters = PLAN_GUTTERS,
}: {
  from: number
  until: number
  now: number
  zone: string
  prices: readonly Price[]
  currency: string
  events?: readonly GridEvent[]
  gutters?: Gutters
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const id = useId()
  const spans = priceSpans(prices, from, until)
  const label = `Energy price: ${spans.map((s) => `${nearWindowText(s.from, s.until, now, zone)} ${priceText(s.microPerKwh, currency)}`).join(', ')}`
  return (
    <div ref={ref} role="img" aria-label={label} className="h-10">
      {width !== null && (
        <Ribbon
          frame={{ from, until, width, ...gutters }}
          id={id}
          now={now}
          zone={zone}
          spans={spans}
          currency={currency}
          events={events}
        />
      )}
    </div>
  )
}

type Span = { from: number; until: number; microPerKwh: number }

/** Neighbours with the same price become one. */
function priceSpans(prices: readonly Price[], from: number, until: number): Span[] {
  const spans: Span[] = []
  prices.forEach((price, index) => {
    const start = Math.max(price.from, from)
    const end = Math.min(prices[index + 1]?.from ?? until, until)
    if (end <= start) return
    const last = spans.at(-1)
    if (last?.microPerKwh === price.microPerKwh && last.until === start) last.until = end
    else spans.push({ from: start, until: end, microPerKwh: price.microPerKwh })
  })
  return spans
}

function Ribbon({
  frame,
  id,
  now,
  zone,
  spans,
  currency,
  events,
}: {
  frame: Frame
  id: string
  now: number
  zone: string
  spans: readonly Span[]
  currency: string
  events: readonly GridEvent[]
}) {
  const levels = [...new Set(spans.map((s) => s.microPerKwh))].sort((a, b) => a - b)
  const fill = (price: number) => LEVELS[levels.length === 1 ? 0 : Math.round((levels.indexOf(price) / (levels.length - 1)) * 2)]
  return (
    <svg width={frame.width} height={40} className="block" aria-hidden="true">
      <Hatches id={id} />
      <EventBands frame={frame} events={events} id={id} top={0} bottom={40} />
      <HourLines frame={frame} ticks={hourTicks(frame, zone)} top={0} bottom={40} />
      <text x={frame.left - 14} y={24} textAnchor="end">
        Price
      </text>
      {spans.map((span) => {
        const x = xOf(frame, span.from)
        const width = round(xOf(frame, span.until) - x)
        const words = [priceText(span.microPerKwh, currency), centText(span.microPerKwh, currency)].find((w) => w.length * 6.6 + 12 < width)
        return (
          <g key={span.from}>
            <rect className={fill(span.microPerKwh)} x={x} y={10} width={Math.max(0, width - 1)} height={20} />
            {words && (
              <text className="fill-price-ink! font-semibold" x={x + 8} y={24}>
                {words}
              </text>
            )}
          </g>
        )
      })}
      <NowLine frame={frame} now={now} zone={zone} top={0} bottom={40} />
    </svg>
  )
}
