import type { Metadata } from 'next'
import { Models } from '#components/chargers/models.tsx'

export const metadata: Metadata = { title: 'Models of chargers' }

export default function ModelsPage() {
  return <Models />
}
