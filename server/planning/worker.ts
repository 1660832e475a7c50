// The planner's own thread: a long plan never delays a charger's message.
import { plan } from '#lib/planning/plan.ts'
import { answerInThread } from './answer-in-thread.ts'

answerInThread(plan)
