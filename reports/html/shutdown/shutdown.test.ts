import { describe, expect, test } from 'vitest'
import { badStop, goodStop, unseenStop } from '../../fixtures/shutdowns.ts'
import { stoppedBadly, stoppedWell } from '../../fixtures/stops.ts'
import { shutdownSection } from '../shutdown.ts'
import { breakFrom, isBroken, place, stopAxis } from './axis.ts'
import { type StopBar, stopLanes } from './lanes.ts'

const bars = (stop: typeof goodStop, name: string): StopBar[] =>
  stopLanes(stop).find((lane) => lane.name === name)?.bars ?? []
const spans = (stop: typeof goodStop, name: string): [number | null, number | null, string][] =>
  bars(stop, name).map(({ fromMs, toMs, tone }) => [fromMs, toMs, tone])

describe('the axis', () => {
  test('is even where the grace period was needed', () => {
    const axis = stopAxis([badStop])
    expect(isBroken(axis)).toBe(false)
    expect(place(axis, 15_000) - place(axis, 0)).toBeCloseTo(place(axis, 30_000) - place(axis, 15_000), 1)
    expect(place(axis, 30_420)).toBeLessThan(100)
  })

  test('is broken where all was over long before the end of the grace period', () => {
    const axis = stopAxis([goodStop])
    expect(isBroken(axis)).toBe(true)
    expect(place(axis, 2_480)).toBeGreaterThan(60)
    expect(place(axis, 2_480)).toBeLessThan(breakFrom)
    expect(place(axis, 30_000)).toBe(95)
    expect(axis.ticksMs.at(-1)).toBeLessThan(axis.kneeMs)
  })

  test('fits both runs', () => {
    const axis = stopAxis([goodStop, badStop])
    for (const ms of [-5, 0, 2_480, 30_000, 30_420]) {
      expect(place(axis, ms)).toBeGreaterThan(0)
      expect(place(axis, ms)).toBeLessThan(100)
    }
  })

  test('keeps what happened before the deletion, and has a length whatever is missing', () => {
    expect(stopAxis([{ ...goodStop, endpointLeftMs: -800 }]).fromMs).toBeLessThan(-800)
    for (const graceMs of [0, 30_000]) {
      const axis = stopAxis([{ ...unseenStop, graceMs }])
      expect(isBroken(axis)).toBe(false)
      expect(axis.kneeMs).toBeGreaterThan(axis.fromMs)
    }
  })
})

describe('the lanes', () => {
  test('the grace period: used, then left; or used up and over', () => {
    expect(spans(goodStop, 'grace period')).toEqual([
      [0, 2_480, 'spent'],
      [2_480, 30_000, 'spare'],
    ])
    expect(spans(badStop, 'grace period')).toEqual([
      [0, 30_000, 'spent'],
      [30_000, 30_420, 'overrun'],
    ])
  })

  test('routing: in time, late after the endpoint had left, lost after it refused', () => {
    const stop = { ...goodStop, endpointLeftMs: 200, firstRefusedMs: 500, lastRoutedMs: 900 }
    expect(spans(stop, 'routed to it')).toEqual([
      [null, 200, 'routed'],
      [200, 500, 'lagging'],
      [500, 900, 'danger'],
    ])
    expect(spans(badStop, 'routed to it')).toEqual([
      [null, 130, 'routed'],
      [130, 2_900, 'danger'],
    ])
    expect(spans({ ...goodStop, lastRoutedMs: 100 }, 'routed to it')).toEqual([[null, 100, 'routed']])
  })

  test('connections: accepted, then refused until the exit', () => {
    expect(spans(goodStop, 'accepts connections')).toEqual([
      [1_310, 2_480, 'refusing'],
      [null, 640, 'accepting'],
    ])
    const { lastAcceptedMs: _, exit: __, ...stop } = goodStop
    expect(spans(stop, 'accepts connections')).toEqual([[1_310, null, 'refusing']])
    expect(stopLanes(stop)[4]?.value).toBe('not seen, refuses from 1.3 s')
  })

  test('the signal with who told of it, the exit with its code, its reason and who ended it', () => {
    const marks = (stop: typeof goodStop): string[] =>
      stopLanes(stop).flatMap((lane) => lane.marks.map(({ shape, what }) => `${shape}: ${what}`))
    expect(marks(goodStop)).toEqual([
      'signal: SIGTERM, by the runtime of node rolypoly-7f3a-worker2',
      'completed: exit 0 Completed, by itself',
    ])
    expect(marks(badStop)[1]).toBe('killed: exit 137 Error, by SIGKILL')
  })

  test('times before the deletion and past the grace period are told in words, not as negative numbers', () => {
    const values = stopLanes({ ...goodStop, endpointLeftMs: -900, graceMs: 0, graceLeftMs: -2_480 })
    expect(values[2]?.value).toBe('until 0.9 s before it')
    expect(values[0]?.value).toBe('0 ms, 2.5 s over')
  })

  test('a grace period is used up only where SIGKILL came at its end', () => {
    expect(stopLanes(badStop)[0]?.value).toBe('30.0 s, used up')
    const early = { ...badStop, exit: { atMs: 2_000, code: 137, reason: 'Error' }, graceLeftMs: 28_000 }
    expect(stopLanes(early)[0]?.value).toBe('30.0 s, 28.0 s left')
  })

  test('what was not seen is said and not drawn', () => {
    const lanes = stopLanes(unseenStop)
    expect(lanes.map(({ value }) => value)).toEqual([
      '30.0 s, its use not seen',
      'not seen',
      'not seen to leave',
      'not seen',
      'not seen',
      'exit not seen',
    ])
    expect(lanes.slice(1).flatMap((lane) => [...lane.bars, ...lane.marks])).toEqual([])
  })
})

describe('the section', () => {
  const page = String(shutdownSection(stoppedBadly))

  test('tonight’s picture, the last run’s below it, the counts, the words, what has changed', () => {
    const order = [
      'class="stop-lanes axis"',
      'class="stop-lanes now"',
      'last run: 2026-05-03T01-29-30Z-51ce',
      'class="stop-lanes before"',
      '3 answered, <b class="loud">2 lost</b>',
      'last run: 6 answered, none lost',
      'told to stop by SIGTERM, <span class="bad">lost 2 of 5 requests in flight</span>',
      'Against the last run: <span class="worse">exit code 0 → 137</span>',
    ]
    const places = order.map((text) => page.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  test('the stop that fell short comes first, and more than three are folded', () => {
    const shutdowns = [goodStop, unseenStop, goodStop, badStop]
    const many = String(shutdownSection({ ...stoppedWell, shutdowns }))
    expect(many.indexOf('kubia-5f6b7d9c8-x8k2v')).toBeLessThan(many.indexOf('web-7c9d5b8f4-lq2ws'))
    expect(many).toContain('<summary>1 more pod stopped</summary>')
    expect(many.match(/<figure/g)).toHaveLength(4)
  })

  test('a broken axis says so', () => {
    const good = String(shutdownSection(stoppedWell))
    expect(good).toContain('the grace period’s end is drawn nearer than it is')
    expect(page).not.toContain('drawn nearer')
  })

  test('the legend has what is drawn', () => {
    expect(page).toContain('still routed to it, and refused')
    expect(String(shutdownSection({ ...stoppedWell, shutdowns: [unseenStop] }))).not.toContain('still routed')
  })

  test('no stop is no section', () => {
    const { shutdowns: _, ...older } = stoppedWell
    expect(shutdownSection(older)).toBeNull()
    expect(shutdownSection({ ...older, shutdowns: [] })).toBeNull()
  })
})
