import type { Metadata } from 'next'
import { Tariff } from '#components/tariff/tariff.tsx'

export const metadata: Metadata = { title: 'Tariff' }

export default function TariffPage() {
  return <Tariff />
}
