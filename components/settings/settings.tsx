'use client'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ComponentType } from 'react'
import { useRole } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState } from '../ui/states.tsx'
import { ApiKeys } from './api-keys.tsx'
import { ChargerRules } from './charger-rules.tsx'
import { Connections } from './connections.tsx'
import { Journal } from './journal.tsx'
import { People } from './people.tsx'
import { PlanSettings } from './plan-settings.tsx'
import { SecurityView } from './security.tsx'

/** The views of this page in their order: a new one is a row here. */
const VIEWS: Record<string, { label: string; View: ComponentType; adminOnly?: true }> = {
  keys: { label: 'API keys', View: ApiKeys, adminOnly: true },
  people: { label: 'People', View: People, adminOnly: true },
  connections: { label: 'Connections', View: Connections },
  security: { label: 'Security', View: SecurityView },
  chargers: { label: 'Chargers', View: ChargerRules },
  plan: { label: 'Plan', View: PlanSettings },
  journal: { label: 'Journal', View: Journal },
}

/** Who may reach in from outside, how it is protected, what the plan prefers, and what was done by whom. */
export function Settings() {
  const role = useRole()
  const [asked, setView] = useQueryState('view', parseAsStringLiteral(Object.keys(VIEWS)))
  const operator = role === 'admin' || role === 'manager'
  const views = Object.entries(VIEWS).filter(([, { adminOnly }]) => !adminOnly || role === 'admin')
  const [name, view] = views.find(([each]) => each === asked) ?? views[0]!
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Settings">
        {operator && (
          <Segmented
            label="Settings"
            value={name}
            onChange={(to) => void setView(to)}
            segments={views.map(([value, { label }]) => ({ value, label }))}
          />
        )}
      </PageBar>
      <div className="px-4 py-4 md:px-6">
        {role === null ? (
          <SkeletonLines label="Loading the settings" />
        ) : operator ? (
          <view.View />
        ) : (
          <EmptyState title="Settings are for administrators">Ask one of them for what you need changed.</EmptyState>
        )}
      </div>
    </div>
  )
}
