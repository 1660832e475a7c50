import type { Metadata } from 'next'
import { Site } from '#components/site/site.tsx'

export const metadata: Metadata = { title: 'Site' }

export default function SitePage() {
  return <Site />
}
