import { expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

test('time leaps to what is due, in order, and what is due together happens in the order it was asked for', async () => {
  const clock = new VirtualClock()
  const happened: string[] = []
  const note = (what: string) => () => happened.push(`${clock.now()} ${what}`)
  clock.at(500, note('b'))
  clock.at(500, note('c'))
  clock.at(20, note('a'))
  const began = clock.epoch()
  await clock.sleep(86_400_000)
  expect(happened).toEqual(['20 a', '500 b', '500 c'])
  expect([clock.now(), clock.epoch() - began]).toEqual([86_400_000, 86_400_000])
})

test('everything that can run without time passing runs first', async () => {
  const clock = new VirtualClock()
  const happened: string[] = []
  const sleeper = clock.sleep(1_000).then(async () => {
    for (let hop = 0; hop < 100; hop++) await undefined
    happened.push(`${clock.now()} woke`)
  })
  clock.at(1_001, () => happened.push(`${clock.now()} after`))
  await clock.sleep(2_000)
  await sleeper
  expect(happened).toEqual(['1000 woke', '1001 after'])
})

test('time stands still while nobody sleeps, and during work outside', async () => {
  const clock = new VirtualClock()
  let ticks = 0
  clock.every(10, () => ticks++)
  await new Promise((resolve) => setImmediate(resolve))
  expect(ticks).toBe(0)
  const sleeping = clock.sleep(105)
  const [seen] = await Promise.all([
    clock.outside(async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      return clock.now()
    }),
    sleeping,
  ])
  expect([seen, clock.now(), ticks]).toEqual([0, 105, 10])
})

test('a sleep ends with its signal’s reason, and what is cancelled does not happen', async () => {
  const clock = new VirtualClock()
  const stopping = new AbortController()
  const happened: string[] = []
  const slept = clock.sleep(1_000, stopping.signal).catch((reason: unknown) => happened.push(String(reason)))
  const timer = clock.at(50, () => happened.push('cancelled'))
  clock.at(10, () => {
    timer.cancel()
    timer.cancel()
    stopping.abort('enough')
  })
  await clock.sleep(60)
  await slept
  expect(happened).toEqual(['enough'])
  await expect(clock.sleep(1, stopping.signal)).rejects.toBe('enough')
})

test('of thousands of timers that were cancelled early none is kept, and the others stay in order', () => {
  const clock = new VirtualClock()
  const seen: number[] = []
  for (let n = 0; n < 5_000; n++) {
    const timer = clock.at((n * 7_919) % 5_003, () => seen.push(clock.now()))
    if (n % 5 !== 0) timer.cancel()
  }
  clock.advance(6_000)
  expect(seen).toHaveLength(1_000)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})

test('once it is stopped nothing happens any more', () => {
  const clock = new VirtualClock()
  let happened = 0
  clock.every(5, () => happened++)
  clock.advance(20)
  clock.stop()
  clock.at(25, () => happened++)
  clock.advance(100)
  expect(happened).toBe(4)
})
