import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { SessionDetail } from '#components/sessions/session-detail.tsx'

type Given = { params: Promise<{ session: string }> }

export async function generateMetadata({ params }: Given): Promise<Metadata> {
  return { title: `Session ${(await params).session}` }
}

export default async function SessionPage({ params }: Given) {
  const { session } = await params
  if (!/^\d{1,10}$/.test(session)) notFound()
  return <SessionDetail id={Number(session)} />
}
