// The thread of safe plans: an event never waits for a refined plan.
import { firstAnswer } from '#lib/planning/first-answer.ts'
import { answerInThread } from './answer-in-thread.ts'

answerInThread(firstAnswer)
