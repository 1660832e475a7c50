'use client'
import { Assumptions } from './assumptions.tsx'
import { Policy } from './policy.tsx'

/** What the plan prefers, and what it takes for granted. */
export const PlanSettings = () => (
  <>
    <Policy />
    <Assumptions />
  </>
)
