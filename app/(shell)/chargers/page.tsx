import type { Metadata } from 'next'
import { Chargers } from '#components/chargers/chargers.tsx'

export const metadata: Metadata = { title: 'Chargers' }

export default function ChargersPage() {
  return <Chargers />
}
