import { describe, expect, test } from 'vitest'
import type { FaultEffect } from '../model/fault.ts'
import { jobBackOff } from './jobs.ts'
import { predict, type Situation } from './predict.ts'
import type { PodTiming } from './spec.ts'
import * as terms from './terms.ts'

const killed: FaultEffect = { does: 'signal', podUid: 'p', container: 'app', signal: 'SIGKILL' }
const deleted: FaultEffect = { does: 'delete-pod', podUid: 'p', force: false }
const lost: FaultEffect = { does: 'delete-node', node: 'n1', podUids: ['p'] }
const pod = (restartPolicy: string): PodTiming => ({
  ...{ containers: [{ name: 'app' }], restartPolicy, terminationGracePeriodSeconds: 2 },
})
const of = (effect: FaultEffect, policy = 'Never', job: Situation['job'] = { workMs: 5_000 }) =>
  predict.completes({ effect, pod: pod(policy), restartsBefore: 0, job })
const ms = (...all: { ms: number }[]) => all.reduce((sum, term) => sum + term.ms, 0)
const { jobCounts, plegRelist, plegStart, replacementCreated, sandboxStarts, statusArrives } = terms
const done = ms(plegRelist, statusArrives, jobCounts)
const another = 10_000 + ms(jobCounts, replacementCreated, sandboxStarts, plegStart)

describe('a Job', () => {
  test('waits 10 s after its first failure, and the whole work is done again', () => {
    expect(of(killed)).toMatchObject({
      ...{ earliestMs: 7_000 + 5_000, latestMs: ms(statusArrives) + another + 5_000 + done },
    })
  })

  test('whose container is restarted in its pod waits for no other pod', () => {
    const restart = predict.restarts({ effect: killed, pod: pod('OnFailure'), restartsBefore: 0 }, 1)
    expect(of(killed, 'OnFailure')).toMatchObject({
      ...{ earliestMs: 5_000, latestMs: (restart?.latestMs ?? 0) + 5_000 + done },
    })
  })

  test('waits as long for a pod that is deleted, whose end it need not see, and for one that is lost', () => {
    expect(of(deleted)).toEqual(of(killed))
    // PodGC takes the pods of a lost node between 40 and 80 s after.
    expect(of(lost)?.earliestMs).toBe(40_000 + 5_000)
    expect(of(lost)?.latestMs).toBe(80_000 + another + ms(statusArrives) + 5_000 + done)
  })

  test('waits before another pod stands in for one, however it was lost', () => {
    const replaced = (job: Situation['job']) =>
      predict.replaced({ effect: lost, pod: pod('Never'), restartsBefore: 0, ...(job && { job }) })
    const [withJob, without] = [replaced({}), replaced(undefined)]
    expect((withJob?.latestMs ?? 0) - (without?.latestMs ?? 0)).toBe(10_000 + jobCounts.ms)
    expect(withJob?.earliestMs).toBe(without?.earliestMs)
  })

  test('of more pods than work at once takes so many times as long', () => {
    const once = of(killed)
    const many = of(killed, 'Never', { workMs: 5_000, completions: 5, parallelism: 2 })
    expect((many?.latestMs ?? 0) - (once?.latestMs ?? 0)).toBe(10_000)
    expect(many?.earliestMs).toBe(once?.earliestMs)
    expect(of(killed, 'Never', { workMs: 5_000, parallelism: 3 })?.latestMs).toBe(once?.latestMs)
  })

  test('is not predicted where nobody has told how long it works', () => {
    expect(of(killed, 'Never', {})).toBeUndefined()
    expect(predict.completes({ effect: killed, pod: pod('Never'), restartsBefore: 0 })).toBeUndefined()
  })
})

describe('a Job that gives up', () => {
  const fails = (effect: FaultEffect, job: Situation['job'], policy = 'Never') =>
    predict.fails({ effect, pod: pod(policy), restartsBefore: 0, ...(job && { job }) })

  test('says so as soon as it has counted the last pod that it had', () => {
    expect(fails(killed, { triesLeft: 0 })).toMatchObject({
      ...{ earliestMs: 0, latestMs: ms(statusArrives, jobCounts) },
    })
  })

  test('waits for the end of a pod that is deleted', () => {
    const latest = (effect: FaultEffect) => fails(effect, { triesLeft: 0 })?.latestMs ?? 0
    expect(latest(deleted) - latest(killed)).toBe(4_000 + ms(terms.runtimeEnds, plegRelist))
    expect(fails(deleted, { triesLeft: 0 })?.earliestMs).toBe(0)
  })

  test('tries as often as it has left, each time after a longer wait', () => {
    const once =
      4_000 + ms(plegRelist, statusArrives) + ms(jobCounts, replacementCreated, sandboxStarts, plegStart)
    expect(fails(killed, { triesLeft: 2, workMs: 4_000 })).toMatchObject({
      earliestMs: 7_000 + 17_000 + 2 * 4_000,
      latestMs: ms(statusArrives) + 10_000 + 20_000 + 2 * once + ms(jobCounts),
    })
    expect(jobBackOff(8)).toMatchObject({ earliestMs: 597_000, ms: 600_000 })
  })

  test('is not predicted where it is not known how long that takes', () => {
    expect(fails(killed, { triesLeft: 1 })).toBeUndefined()
    expect(fails(killed, { triesLeft: 0 }, 'OnFailure')).toBeUndefined()
    expect(fails(lost, { triesLeft: 0 })).toBeUndefined()
    expect(fails(killed, undefined)).toBeUndefined()
  })
})
