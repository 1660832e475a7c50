import type { PortView } from '#lib/api/board.ts'

/** A van that charges as it should, for tests of what is shown of a port. */
export const portViewFixture = (differs: Partial<PortView> = {}): PortView => ({
  id: 'port-02',
  chargerId: 'charger-02',
  chargerName: 'Charger 02',
  number: 1,
  bay: '02',
  mark: 'normal',
  word: 'Charging',
  needsAction: false,
  online: true,
  seenAt: 0,
  why: 'Full power from 22:00.',
  powerW: 11_400,
  powerAt: 0,
  maxW: 19_200,
  limit: { wantedW: 11_500, sentW: 11_500, acceptedW: 11_500, seen: true },
  vehicle: null,
  session: null,
  reservation: null,
  planned: [],
  act: null,
  ...differs,
})
