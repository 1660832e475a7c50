import type { z } from 'zod'
import type { ChargerRules, getSettings, RuledCharger, SettingRow } from '#lib/api/configuration.ts'
import { notFound } from '#lib/api/problem.ts'
import { counted } from '#lib/format/number.ts'
import { actorWords } from '#lib/live/journal-words.ts'
import { listRoom } from '#lib/ocpp/local-list.ts'
import { offlinePolicyOf } from '#lib/ocpp/offline-policy.ts'
import { type Compared, compare, drifts, isOf, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import { instant } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { desiredSettings, type RuledRow, ruledChargers, rulesOfDepot } from '#server/store/configuration.ts'
import { countTokens, type ListCharger, listChargers } from '#server/store/token-list.ts'
import { namesOfUsers } from '#server/store/user.ts'

type Seeing = Pick<Ctx, 'db'>

/** Who may charge offline, what is desired, and each charger beside it. @throws Problem not-found */
export async function chargerRules({ db: { prisma } }: Seeing, depotId: string): Promise<ChargerRules> {
  const [rules, desired, chargers, lists, tokens] = await Promise.all([
    rulesOfDepot(prisma, depotId),
    desiredSettings(prisma, depotId),
    ruledChargers(prisma, { depotId }),
    listChargers(prisma, { depotId }),
    countTokens(prisma, depotId),
  ])
  if (!rules) throw notFound('depot', depotId)
  const people = await namesOfUsers(
    prisma,
    desired.map(({ changedBy }) => changedBy),
  )
  const names = (all: (string | null)[]) => [...new Set(all.flatMap((name) => name ?? []))].sort((a, b) => a.localeCompare(b))
  return {
    offlinePolicy: offlinePolicyOf(rules.offlinePolicy),
    repairAutomatically: rules.repairAutomatically,
    listVersion: rules.localListVersion,
    tokens,
    desired: desired.map(({ depotId: _, kind, changedAt, changedBy, ...row }) => ({
      ...row,
      changedBy: people.get(changedBy) ?? actorWords(changedBy),
      kind: kind === 'group' ? 'group' : 'model',
      changedAt: instant(changedAt),
      chargers: chargers.filter((charger) => isOf(charger, { kind, name: row.name })).length,
    })),
    models: names(chargers.map(({ model }) => model)),
    groups: names(chargers.map(({ group }) => group)),
    chargers: chargers.map((charger) => {
      const list = lists.find(({ id }) => id === charger.id)
      return {
        id: charger.id,
        name: charger.name,
        online: charger.connectedAt !== null,
        model: charger.model,
        group: charger.group,
        readAt: charger.readAt,
        drift: settingsOf(charger).filter(drifts).sort(byHope).map(shown),
        list: listOf(list, tokens),
      }
    }),
  }
}

/** One charger's settings, wanted and had. @throws Problem not-found */
export async function settingsView(
  { db: { prisma } }: Seeing,
  depotId: string,
  chargerId: string,
): Promise<z.output<(typeof getSettings)['output']>> {
  const [[charger], [list], tokens] = await Promise.all([
    ruledChargers(prisma, { id: chargerId }),
    listChargers(prisma, { id: chargerId }),
    countTokens(prisma, depotId),
  ])
  if (!charger || charger.depotId !== depotId) throw notFound('charger', chargerId)
  return { readAt: charger.readAt, settings: settingsOf(charger).sort(byHope).map(shown), list: listOf(list, tokens) }
}

const settingsOf = (charger: RuledRow): Compared[] => compare(wantedOf(charger), charger)

const shown = ({ key, wanted, has, from, state, words }: Compared): SettingRow => ({ key, wanted, has, from, state, words })

/** What a repair can set comes first, what is well last. */
const HOPE: Compared['state'][] = ['differs', 'unknown', 'needsReboot', 'refused', 'readOnly', 'notTold', 'same']
const byHope = (a: Compared, b: Compared) => HOPE.indexOf(a.state) - HOPE.indexOf(b.state) || a.key.localeCompare(b.key)

function listOf(charger: ListCharger | undefined, tokens: number): RuledCharger['list'] {
  const room = charger && listRoom(charger.items)
  const known = { version: charger?.version ?? null, at: charger?.at ?? null }
  if (charger?.policy === 'nobody') return { ...known, state: 'off', tokens: 0, words: 'Off: nobody charges offline.' }
  if (!charger || !room)
    return { ...known, state: 'unsupported', tokens: 0, words: 'It keeps no list: offline it knows the cards of its own memory only.' }
  const held = Math.min(tokens, room.most)
  const holds = held < tokens ? `Room for ${room.most} of ${tokens} cards: the most recently used.` : `Holds ${counted(held, 'card')}.`
  if (charger.problem !== null) return { ...known, state: 'failed', tokens: held, words: charger.problem }
  if (charger.version === charger.wanted) return { ...known, state: 'synced', tokens: held, words: holds }
  return { ...known, state: 'waits', tokens: held, words: charger.connectedAt === null ? 'Is told when it is back.' : 'Is being told.' }
}
