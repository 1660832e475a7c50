import type { Metadata } from 'next'
import { Board } from '#components/board/board.tsx'

export const metadata: Metadata = { title: 'Depot board' }

export default function BoardPage() {
  return <Board />
}
