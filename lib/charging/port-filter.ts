import type { PortView } from '#lib/api/board.ts'
import { marks } from '#lib/api/words.ts'

export const portFilters = ['all', 'action', 'charging'] as const
export type PortFilter = (typeof portFilters)[number]

const SHOWS: Record<PortFilter, (port: PortView) => boolean> = {
  all: () => true,
  action: (port) => port.needsAction,
  charging: (port) => port.mark === 'normal',
}

/** The ports a filter shows, in the order of the bays: they never move under the pointer. */
export const filterPorts = (ports: readonly PortView[], filter: PortFilter): PortView[] => ports.filter(SHOWS[filter])

/** How many each filter shows, and the worst state among those that need action. */
export const portCounts = (ports: readonly PortView[]): Record<PortFilter, number> & { worst: PortView['mark'] } => ({
  all: ports.length,
  action: filterPorts(ports, 'action').length,
  charging: filterPorts(ports, 'charging').length,
  worst: marks.find((mark) => ports.some((port) => port.needsAction && port.mark === mark)) ?? 'normal',
})
