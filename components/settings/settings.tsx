'use client'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useRole } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState } from '../ui/states.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Journal } from './journal.tsx'
import { Policy } from './policy.tsx'

const VIEWS = ['keys', 'plan', 'journal'] as const

/** Who may reach in from outside, what the plan prefers, and what was done by whom. */
export function Settings() {
  const role = useRole()
  const [asked, setView] = useQueryState('view', parseAsStringLiteral(VIEWS))
  const operator = role === 'admin' || role === 'manager'
  const views = VIEWS.filter((each) => each !== 'keys' || role === 'admin')
  const view = views.find((each) => each === asked) ?? views[0] ?? 'plan'
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Settings">
        {operator && (
          <Segmented
            label="Settings"
            value={view}
            onChange={(to) => void setView(to)}
            segments={views.map((value) => ({ value, label: { keys: 'API keys', plan: 'Plan', journal: 'Journal' }[value] }))}
          />
        )}
      </PageBar>
      <div className="px-4 py-4 md:px-6">
        {role === null ? (
          <SkeletonLines label="Loading the settings" />
        ) : !operator ? (
          <EmptyState title="Settings are for administrators">Ask one of them for what you need changed.</EmptyState>
        ) : view === 'keys' ? (
          <ApiKeys />
        ) : view === 'plan' ? (
          <Policy />
        ) : (
          <Journal />
        )}
      </div>
    </div>
  )
}
