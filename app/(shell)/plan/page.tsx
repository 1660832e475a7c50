import type { Metadata } from 'next'
import { Plan } from '#components/plan/plan.tsx'

export const metadata: Metadata = { title: 'Plan' }

export default function PlanPage() {
  return <Plan />
}
