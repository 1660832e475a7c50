import { queryOptions } from '@tanstack/react-query'
import { getBoard } from '#lib/api/board.ts'
import { call } from './call.ts'

/** Every port and the connection's power. Live events set ports and supply into this cache; the slow poll catches what was missed. */
export const boardOptions = (depot: string) =>
  queryOptions({
    queryKey: [getBoard.path, depot],
    queryFn: ({ signal }) => call(getBoard, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })
