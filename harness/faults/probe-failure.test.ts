import { expect, test } from 'vitest'
import type { ProbeFailure } from '../model/fault.ts'
import type { Probe } from './probe.ts'
import { describeFailure, type FailureAnswer, failureOf } from './probe-failure.ts'

const of = { kind: 'liveness', container: 'app' } as const
const http: Probe = { ...of, by: 'http', port: 80, path: '/', headers: [] }
const tcp: Probe = { ...of, by: 'tcp', port: 80 }
const grpc: Probe = { ...of, by: 'grpc', port: 80 }
const exec: Probe = { ...of, by: 'exec', command: ['true'] }

test.each<[Probe, FailureAnswer | undefined, ProbeFailure, string]>([
  [http, undefined, { with: 'status', status: 500 }, 'status 500'],
  [http, { status: 404 }, { with: 'status', status: 404 }, 'status 404'],
  [http, 'reset', { with: 'reset' }, 'reset'],
  [http, 'silence', { with: 'silence' }, 'silence'],
  [http, { delayMs: 9 }, { with: 'delay', delayMs: 9 }, 'delay 9 ms'],
  [tcp, undefined, { with: 'reset' }, 'reset'],
  [tcp, 'silence', { with: 'silence' }, 'silence'],
  [grpc, 'reset', { with: 'reset' }, 'reset'],
  [exec, undefined, { with: 'exit', exitCode: 1 }, 'exit code 1'],
  [exec, 'silence', { with: 'silence' }, 'silence'],
  [exec, { exitCode: 255 }, { with: 'exit', exitCode: 255 }, 'exit code 255'],
])('a probe by $0.by fails as it is said, or as is usual', (probe, answer, failure, told) => {
  expect(failureOf(probe, answer)).toEqual(failure)
  expect(describeFailure(failure)).toBe(told)
})

test.each([200, 399, 600, 404.5])('status %d fails no probe, and is refused', (status) => {
  expect(() => failureOf(http, { status })).toThrow(`status ${status} fails no probe`)
})

test.each([0, 256, -1, 1.5])('exit code %d fails no probe, and is refused', (exitCode) => {
  expect(() => failureOf(exec, { exitCode })).toThrow(`exit code ${exitCode} fails no probe`)
})

test.each<[Probe, FailureAnswer, string]>([
  [http, { exitCode: 1 }, `by http cannot fail with {"exitCode":1}; a status, 'reset', 'silence' or a delay`],
  [tcp, { status: 500 }, `by tcp cannot fail with {"status":500}; 'reset' or 'silence'`],
  [grpc, { delayMs: 5 }, `by grpc cannot fail with {"delayMs":5}; 'reset' or 'silence'`],
  [exec, 'reset', `by exec cannot fail with "reset"; an exit code or 'silence'`],
  [exec, { status: 500 }, `by exec cannot fail with {"status":500}; an exit code or 'silence'`],
])('what a probe by $0.by cannot fail with is refused, and it is said what it can', (probe, answer, why) => {
  expect(() => failureOf(probe, answer)).toThrow(`failProbe: a probe ${why} is expected`)
})
