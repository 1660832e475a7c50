import type { Metadata } from 'next'
import { Kpis } from '#components/kpis/kpis.tsx'

export const metadata: Metadata = { title: 'KPIs' }

export default function KpisPage() {
  return <Kpis />
}
