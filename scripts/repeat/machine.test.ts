import { describe, expect, test } from 'vitest'
import { realClock } from '../../harness/cluster/clock.ts'
import { isCalm, type Load, parsePressure, untilCalm } from './machine.ts'

const psi = (some: number) => ({
  ...{ pressure: { avg10: some, totalMs: 0 }, load1: 9 },
})

test("the kernel's pressure is read", () => {
  const text =
    'some avg10=3.29 avg60=3.60 avg300=11.63 total=2477996570\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'
  expect(parsePressure(text)).toEqual({ avg10: 3.29, totalMs: 2_477_996.57 })
})

test('a kernel that keeps none tells none', () => {
  expect(parsePressure('')).toBeUndefined()
})

test('calm is told by the pressure, and by the load average where there is none', () => {
  expect([psi(3), psi(24.9), psi(25), psi(80)].map((load) => isCalm(load, 2))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([{ load1: 1.9 }, { load1: 2 }].map((load) => isCalm(load, 2))).toEqual([true, false])
})

describe('waiting for calm', () => {
  /** A clock that goes only while somebody sleeps. */
  function clockOf() {
    let nowMs = 0
    return {
      ...realClock,
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms
      },
    }
  }
  const { signal } = new AbortController()
  const reader =
    (...loads: Load[]) =>
    async () =>
      (loads.length > 1 ? loads.shift() : loads[0]) ?? psi(0)

  test('ends as soon as it is calm', async () => {
    const seen = await untilCalm(clockOf(), reader(psi(90), psi(60), psi(10)), 120_000, signal)
    expect(seen).toEqual({ waitedMs: 4_000, load: psi(10) })
  })

  test('ends when it has lasted long enough, with the load as it is', async () => {
    expect(await untilCalm(clockOf(), reader(psi(90)), 7_000, signal)).toEqual({
      ...{ waitedMs: 7_000, load: psi(90) },
    })
  })

  test('where no time is given it only looks', async () => {
    expect(await untilCalm(clockOf(), reader(psi(90)), 0, signal)).toEqual({ waitedMs: 0, load: psi(90) })
  })
})
