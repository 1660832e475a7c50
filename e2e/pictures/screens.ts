import type { APIRequestContext } from '@playwright/test'

export type Viewer = 'nobody' | 'admin' | 'driver'
export type Screen = {
  name: string
  path: string
  /** Who looks at it. */
  as: Viewer
  /** Text of the heading that is brought to the top. */
  scrollTo?: RegExp
  /** Words that are on the page once it shows what it is for. */
  shows?: RegExp
}

type Found = { session: number; charger: string; missing: string[] }

/** Every screen of a depot, in the order of the rail. Ids are looked up: a closed session with energy and the charger that gives most power. */
export async function screensOf(api: APIRequestContext, depot: string): Promise<{ screens: Screen[]; missing: string[] }> {
  const { session, charger, missing } = await lookUp(api, depot)
  const admin = (name: string, path: string, more: Partial<Screen> = {}): Screen => ({ name, path, as: 'admin', ...more })
  const all = [
    { name: 'sign-in', path: '/sign-in', as: 'nobody' as const, shows: /E-mail/ },
    admin('overview', '/'),
    admin('board', '/board', { shows: /kW/ }),
    admin('plan', '/plan'),
    admin('sessions', '/sessions', { shows: /kWh/ }),
    admin('session', `/sessions/${session}`, { shows: /kWh/ }),
    admin('fleet', '/fleet'),
    admin('duties', '/fleet?show=duties', { shows: /Leaves ready/ }),
    admin('cards', '/fleet?show=cards'),
    admin('chargers', '/chargers'),
    admin('charger', `/chargers/${charger}`),
    admin('charger-setup', `/chargers/${charger}?view=setup`, { shows: /May it take part/ }),
    admin('charger-configuration', `/chargers/${charger}?view=configuration`, { shows: /MeterValueSampleInterval/ }),
    admin('charger-console', `/chargers/${charger}?view=console&call=SetChargingProfile`, { shows: /Send SetChargingProfile/ }),
    admin('charger-files', `/chargers/${charger}?view=files`, { shows: /Ask for a log/ }),
    admin('charger-security', `/chargers/${charger}?view=security`, { shows: /How does it prove who it is/ }),
    admin('charger-compatibility', `/chargers/${charger}?view=compatibility`, { shows: /Does it follow what it is told/ }),
    admin('charger-messages', `/chargers/${charger}?view=messages`, { shows: /Heartbeat|MeterValues/ }),
    admin('charger-add', '/chargers?add=', { shows: /Add and show the key/ }),
    admin('firmware', '/chargers/firmware', { shows: /How long are files kept/ }),
    admin('models', '/chargers/models', { shows: /Which models follow/ }),
    admin('site', '/site'),
    admin('tariff', '/tariff'),
    admin('kpis', '/kpis'),
    admin('kpi-records-availability', '/kpis?kpi=availability', { scrollTo: /^Which visits/ }),
    admin('kpi-records-throughput', '/kpis?kpi=throughput', { scrollTo: /^Which days/ }),
    admin('kpi-records-latency', '/kpis?kpi=latency', { scrollTo: /^Which commands/ }),
    admin('settings', '/settings'),
    admin('settings-people', '/settings?view=people', { shows: /Who may sign in/ }),
    admin('settings-connections', '/settings?view=connections', { shows: /could anybody listen/ }),
    admin('settings-security', '/settings?view=security', { shows: /How do chargers come in/ }),
    admin('settings-chargers', '/settings?view=chargers', { shows: /Who may charge while a charger is offline/ }),
    admin('settings-plan', '/settings?view=plan'),
    admin('settings-journal', '/settings?view=journal'),
    { name: 'driver', path: '/d', as: 'driver' as const },
  ]
  const screens: Screen[] = []
  for (const screen of all) {
    const status = (await api.get(screen.path, { maxRedirects: 0 })).status()
    if (status === 404) missing.push(`${screen.name}: there is no page ${screen.path}`)
    else screens.push(screen)
  }
  return { screens, missing }
}

async function lookUp(api: APIRequestContext, depot: string): Promise<Found> {
  const missing: string[] = []
  const { items } = await json<{ items: { id: number; energyWh: number }[] }>(api, `/api/depots/${depot}/sessions?state=closed`)
  const session = items.toSorted((a, b) => b.energyWh - a.energyWh)[0]?.id
  const { ports } = await json<{ ports: { chargerId: string; powerW: number | null }[] }>(api, `/api/depots/${depot}/board`)
  const charger = ports.toSorted((a, b) => (b.powerW ?? 0) - (a.powerW ?? 0))[0]?.chargerId
  if (session === undefined) missing.push('session: there is no closed session')
  if (charger === undefined) missing.push('charger: there is no charger')
  return { session: session ?? 0, charger: charger ?? 'none', missing }
}

/** @throws Error when the API does not answer 200 */
export async function json<T>(api: APIRequestContext, path: string): Promise<T> {
  const answer = await api.get(path)
  if (!answer.ok()) throw new Error(`${path} answers ${answer.status()}: ${(await answer.text()).slice(0, 200)}`)
  return (await answer.json()) as T
}
