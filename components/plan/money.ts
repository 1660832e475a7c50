import { moneyChange, moneyText } from '#lib/format/money.ts'

/** Money in the plan is in millionths of the currency's unit; the glass shows hundredths. */
const minor = (micro: number): number => Math.round(micro / 10_000)
export const planMoney = (micro: number, currency: string): string => moneyText(minor(micro), currency)
export const planMoneyChange = (micro: number, currency: string): string => moneyChange(minor(micro), currency)
