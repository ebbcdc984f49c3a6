import type { V1PodSpec } from '@kubernetes/client-node'
import { expect, expectTypeOf, test } from 'vitest'
import { type PodTiming, type PreStop, preStopMs, resolveProbe } from './spec.ts'

const hookMs = (preStop: PreStop | undefined) => preStopMs({ name: 'app', lifecycle: { preStop } })

test.each<[string[], number]>([
  [['sleep', '5'], 5_000],
  [['/bin/sleep', '0.5'], 500],
  [['sleep', '2m'], 120_000],
  [['/bin/sh', '-c', 'sleep 20'], 20_000],
  [['sh', '-c', '  sleep 15; nginx -s quit'], 15_000],
  [['/bin/bash', '-c', 'sleep 3s && kill -QUIT 1'], 3_000],
])('a preStop hook of %j takes at least %i ms', (command, ms) => {
  expect(hookMs({ exec: { command } })).toBe(ms)
})

test.each<[string[]]>([
  [['/drain']],
  [['sh', '-c', 'kill -QUIT 1; sleep 5']],
  [['sh', '-c', 'sleep 5 &']],
  [['sh', '-x', 'sleep 5']],
  [['sh', '-c', 'sleep $DRAIN']],
  [['sleepy', '5']],
  [['python3', '-c', 'sleep 5']],
  [[]],
])('of a preStop hook of %j nothing is known', (command) => {
  expect(hookMs({ exec: { command } })).toBeUndefined()
})

test('a hook that sleeps says how long, one over HTTP does not, and no hook takes no time', () => {
  expect(hookMs({ sleep: { seconds: 7 } })).toBe(7_000)
  expect(hookMs({ httpGet: { path: '/drain', port: 80 } })).toBeUndefined()
  expect(hookMs({})).toBeUndefined()
  expect(hookMs(undefined)).toBe(0)
  expect(preStopMs({ name: 'app' })).toBe(0)
})

test('0 is what the API server takes for nothing given', () => {
  const zero = { periodSeconds: 0, timeoutSeconds: 0, failureThreshold: 0, successThreshold: 0 }
  expect(resolveProbe(zero)).toEqual(resolveProbe({}))
})

test("Kubernetes' own pod spec is one", () => {
  expectTypeOf<V1PodSpec>().toExtend<PodTiming>()
})
