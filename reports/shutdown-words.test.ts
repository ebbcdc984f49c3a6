import { describe, expect, test } from 'vitest'
import type { Shutdown } from '../harness/model/result.ts'
import { badStop, goodStop, unseenStop } from './fixtures/shutdowns.ts'
import { clauses, cleanExit, fellShort, podName, stopSentence } from './shutdown-words.ts'

/** The clauses that tell of a stop something, told from the good one. */
function told(change: Partial<Shutdown>): string[] {
  const usual = clauses(goodStop).map(({ text }) => text)
  return clauses({ ...goodStop, ...change }).flatMap(({ text }) => (usual.includes(text) ? [] : [text]))
}

function without<Key extends keyof Shutdown>(...keys: Key[]): Shutdown {
  return Object.fromEntries(
    Object.entries(goodStop).filter(([key]) => !keys.some((one) => one === key)),
  ) as Shutdown
}

test('a good stop in a sentence', () => {
  expect(stopSentence(goodStop)).toBe(
    'told to stop by SIGTERM 1.1 s after its deletion, answered all 3 requests in flight, drained all 8 kept-alive connections, refused new connections 1.1 s after its endpoint had left, exited 0 by itself with 27.5 s of grace left',
  )
  expect(fellShort(goodStop)).toBe(false)
})

test('a bad stop in a sentence, all of it bad but that it was told', () => {
  expect(stopSentence(badStop)).toBe(
    'told to stop by SIGTERM, lost 2 of 5 requests in flight, lost all 7 requests sent after the signal, cut 4 of 6 kept-alive connections, refused new connections 0.9 s before its endpoint left, was still sent new ones 2.8 s after that, was ended by SIGKILL (exit 137) after its grace period of 30.0 s',
  )
  expect(clauses(badStop).map(({ bad }) => bad)).toEqual([false, true, true, true, true, true, true])
})

test('what was not seen is said, not taken for zero, and is nobody’s fault', () => {
  expect(stopSentence(unseenStop)).toBe(
    'told to stop by a signal that was not seen, had no request in flight, no new connection to it was seen, its exit was not seen',
  )
  expect(fellShort(unseenStop)).toBe(false)
})

describe('requests', () => {
  test.each<[Partial<Shutdown>, string]>([
    [{ inFlight: { answered: 1, lost: 0 } }, 'answered the one request in flight'],
    [{ inFlight: { answered: 0, lost: 1 } }, 'lost the one request in flight'],
    [{ inFlight: { answered: 0, lost: 1_200 } }, 'lost all 1\u202f200 requests in flight'],
    [{ inFlight: { answered: 0, lost: 0 } }, 'had no request in flight'],
    [{ late: { answered: 12, lost: 0 } }, 'answered all 12 requests sent after the signal'],
    [{ late: { answered: 11, lost: 1 } }, 'lost 1 of 12 requests sent after the signal'],
    [{ keepAlive: { drained: 0, cut: 1 } }, 'cut the one kept-alive connection'],
  ])('%j', (change, clause) => {
    expect(told(change)).toEqual([clause])
  })

  test('without a signal they are counted from the deletion', () => {
    const stop = { ...without('signal'), late: { answered: 2, lost: 0 } }
    expect(stopSentence(stop)).toContain('answered all 2 requests sent after its deletion')
  })
})

describe('listening', () => {
  test('never seen to refuse', () => {
    expect(stopSentence(without('firstRefusedMs'))).toContain(
      'accepted new connections until 0.6 s after its deletion and was not seen to refuse one',
    )
  })

  test('its endpoint never seen to leave', () => {
    expect(stopSentence(without('endpointLeftMs'))).toContain(
      'refused new connections 1.3 s after its deletion, its endpoint not seen to leave',
    )
  })

  test('refusing too early is bad only where a connection came or a request was lost', () => {
    const early = { ...goodStop, firstRefusedMs: 100, lastAcceptedMs: 90, lastRoutedMs: 95 }
    expect(stopSentence(early)).toContain('refused new connections 0.1 s before its endpoint left')
    expect(fellShort(early)).toBe(false)
    expect(fellShort({ ...early, late: { answered: 0, lost: 1 } })).toBe(true)
    const routed = { ...early, lastRoutedMs: 1_100 }
    expect(stopSentence(routed)).toContain('was still sent new ones 1.0 s after that')
    expect(fellShort(routed)).toBe(true)
  })
})

describe('the exit', () => {
  test.each([
    [0, 'SIGTERM', true],
    [143, 'SIGTERM', true],
    [131, 'SIGQUIT', true],
    [143, 'SIGQUIT', false],
    [143, 'SIGUSR1', false],
    [1, 'SIGTERM', false],
  ])('%i after %s is clean: %s', (code, name, clean) => {
    const stop: Shutdown = {
      ...goodStop,
      signal: { name, atMs: 90, observedBy: 'x' },
      exit: { atMs: 2_000, code, reason: 'Error' },
    }
    expect(cleanExit(stop)).toBe(clean)
    expect(fellShort(stop)).toBe(!clean)
  })

  test('after the grace period, and by nobody known', () => {
    expect(told({ graceLeftMs: -400 })).toEqual(['exited 0 by itself, 0.4 s past its grace period'])
    expect(stopSentence(without('endedBy', 'graceLeftMs'))).toMatch(/, exited 0$/)
  })

  test('SIGKILL, though there was grace left', () => {
    expect(stopSentence({ ...badStop, graceLeftMs: 28_000 })).toMatch(
      /was ended by SIGKILL \(exit 137\) with 28\.0 s of grace left$/,
    )
    expect(stopSentence({ ...badStop, graceLeftMs: 1_500 })).toMatch(/after its grace period of 30\.0 s$/)
  })

  test('a SIGKILL that the runtime did not send', () => {
    const killed = (reason: string): Shutdown => ({
      ...without('endedBy'),
      ...{ exit: { atMs: 2_000, code: 137, reason }, graceLeftMs: 28_000 },
    })
    expect(stopSentence(killed('Error'))).toMatch(
      /exited 137, as after a SIGKILL, with 28\.0 s of grace left$/,
    )
    expect(stopSentence(killed('OOMKilled'))).toMatch(/exited 137 \(OOMKilled\) with 28\.0 s of grace left$/)
    expect(fellShort(killed('Error'))).toBe(true)
  })

  test('SIGKILL whose exit was not seen', () => {
    const { exit: _, ...stop } = badStop
    expect(stopSentence(stop)).toMatch(/was ended by SIGKILL after its grace period of 30\.0 s$/)
  })
})

test('the pod’s name', () => {
  expect(podName('Pod/shop/web-1')).toBe('web-1')
  expect(podName('web-1')).toBe('web-1')
})
