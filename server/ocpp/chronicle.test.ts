import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { BatchItem } from '../charging/batch.ts'
import { makeClock } from '../clock.ts'
import { makeChronicle } from './chronicle.ts'

/** A chronicle of which only what it keeps is looked at. */
function chronicled() {
  const kept: BatchItem[] = []
  const batch = { add: async (item: BatchItem) => void kept.push(item), drain: async () => {}, waiting: () => 0 }
  const client = new EventEmitter()
  const ctx = { clock: makeClock() } as Parameters<typeof makeChronicle>[0]
  const charger = { id: 'c1', depotId: 'd' } as Parameters<typeof makeChronicle>[1]
  makeChronicle(ctx, charger, '192.0.2.7', batch).follow(client)
  const broken = (text: string) =>
    client.emit('badMessage', { buffer: Buffer.from(text), error: new Error('broken'), response: null, odd: false })
  return { broken, kept: () => kept.map(({ message }) => JSON.parse(message?.payload ?? '')) }
}

test('the raw log keeps no secret of a frame that it cannot read, nor of an answer that came too late', () => {
  const { broken, kept } = chronicled()
  broken('[3,"7",{"configurationKey":[{"key":"WifiPassword","readonly":false,"value":"hunter2"}]}]')
  broken(`[3,"7",{"configurationKey":[{"value":"hunter2","pad":"${'x'.repeat(3000)}","key":"AuthorizationKey"}]}]`)
  broken('[4,"7","GenericError","could not reach https://depot.example/files/AbCdEfGhIjKlMnOpQrStUvWxYz0/log",{}')
  expect(JSON.stringify(kept())).not.toMatch(/hunter2|AbCdEfGhIj/)
  expect(kept()).toEqual(['not kept: it names a secret', 'not kept: it names a secret', expect.stringContaining('/files/…/log')])
})
