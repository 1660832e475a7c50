import type { Metadata } from 'next'
import { ChargerDetail } from '#components/chargers/charger-detail.tsx'

export const metadata: Metadata = { title: 'Charger' }

export default async function ChargerPage({ params }: { params: Promise<{ charger: string }> }) {
  return <ChargerDetail id={decodeURIComponent((await params).charger)} />
}
