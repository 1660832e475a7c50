'use client'
import { Assumptions } from './assumptions.tsx'
import { PlanDays } from './kept-days.tsx'
import { Policy } from './policy.tsx'

/** What the plan prefers, what it takes for granted, and how long it is kept. */
export const PlanSettings = () => (
  <>
    <Policy />
    <Assumptions />
    <PlanDays />
  </>
)
