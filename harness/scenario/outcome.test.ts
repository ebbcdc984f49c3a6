import { describe, expect, test } from 'vitest'
import { Ledger } from '../claims/ledger.ts'
import {
  EnvironmentError,
  InterruptedError,
  NoReceiptError,
  NotCapableError,
  NotSteadyError,
  PromiseNotMadeError,
  UsageError,
} from '../model/errors.ts'
import type { ClaimResult } from '../model/result.ts'
import type { Verdict } from '../model/verdict.ts'
import { failureOf, outcomeOf } from './outcome.ts'

type Claim = [sort: ClaimResult['sort'], verdict: Verdict]

function ledger(...claims: Claim[]): Ledger {
  const made = new Ledger()
  for (const [sort, verdict] of claims) {
    made.open({ statement: 'toDoIt()', subject: 'Pod/shop/web-1', sort }).settle(verdict, 'did it')
  }
  return made
}
const verdictOf = (claims: Claim[], thrown?: unknown, control = false) =>
  outcomeOf(ledger(...claims), thrown, control).verdict

const passed: Claim = ['response', 'passed']
const violated: Claim = ['response', 'violated']
const inconclusive: Claim = ['invariant', 'inconclusive']

describe('a scenario that came to its end', () => {
  test.each<[Verdict, Claim[]]>([
    ['passed', [passed, ['invariant', 'passed']]],
    ['violated', [passed, violated, inconclusive]],
    ['inconclusive', [passed, inconclusive]],
    ['error', [passed, inconclusive, ['invariant', 'error']]],
    ['inconclusive', []],
  ])('is %s, as the worst of its claims: %j', (verdict, claims) => {
    expect(verdictOf(claims)).toBe(verdict)
  })

  test('a claim that was not judged to its end is not passed', () => {
    const open = new Ledger()
    open.open({ statement: 'toDoIt()', subject: 'Pod/shop/web-1', sort: 'response' })
    const { verdict, claims, error } = outcomeOf(open, undefined, false)
    expect(verdict).toBe('inconclusive')
    expect(claims[0]?.message).toBe('Pod/shop/web-1: was not judged to its end')
    expect(error).toBeUndefined()
  })
})

describe('a scenario that threw', () => {
  test.each<[Verdict, string, unknown]>([
    ['error', 'an environment error', new EnvironmentError('no engine')],
    ['error', 'a usage error', new UsageError('no such container')],
    ['error', 'any error', new TypeError('x is not a function')],
    ['error', 'what is no error', 'stop'],
    ['error', 'null', null],
    ['inconclusive', 'a workload that was not steady', new NotSteadyError('1 of 3 ready')],
    ['inconclusive', 'a fault without a receipt', new NoReceiptError('nothing proved it')],
    ['inconclusive', 'an interrupt', new InterruptedError('interrupted by SIGINT')],
    ['inconclusive', 'a later fault that cannot be injected', new NotCapableError('lacks node.delete')],
  ])('is %s, for %s', (verdict, _, thrown) => {
    expect(verdictOf([passed], thrown)).toBe(verdict)
    expect(outcomeOf(ledger(passed), thrown, false).error?.message).toBeTruthy()
  })

  test('what was violated before is worse, and is kept', () => {
    const outcome = outcomeOf(ledger(violated), new EnvironmentError('no engine'), false)
    expect(outcome).toMatchObject({ verdict: 'violated', error: { message: 'no engine' } })
    expect(outcome.claims).toHaveLength(1)
    expect(verdictOf([violated], new NotSteadyError('1 of 3 ready'))).toBe('violated')
    expect(verdictOf([violated], new NotCapableError('lacks node.delete'))).toBe('violated')
  })

  test('a cluster that is not capable of it has it skipped where nothing was claimed, and says of what', () => {
    const lacking = new NotCapableError(
      'failProbe: a cluster by existing lacks the capability probe.intercept',
    )
    expect(outcomeOf(ledger(), lacking, false)).toEqual({
      ...{ verdict: 'skipped', claims: [], skippedBecause: lacking.message },
    })
  })

  test.each([false, true])('a promise that is not even made is violated (control: %s)', (control) => {
    const thrown = new PromiseNotMadeError('Pod/shop/web-1/app', 'Pod/shop/web-1/app: has no liveness probe')
    const outcome = outcomeOf(ledger(), thrown, control)
    expect(outcome.verdict).toBe('violated')
    expect(outcome.error).toBeUndefined()
    expect(outcome.claims).toMatchObject([
      {
        subject: 'Pod/shop/web-1/app',
        verdict: 'violated',
        message: 'Pod/shop/web-1/app: has no liveness probe',
      },
    ])
  })
})

describe('a control run', () => {
  test.each<[Verdict, Claim[]]>([
    ['passed', [violated, ['invariant', 'passed']]],
    ['violated', [violated, passed]],
    ['violated', [violated, ['invariant', 'violated']]],
    ['inconclusive', [violated, inconclusive]],
    ['inconclusive', [violated, ['response', 'inconclusive']]],
    ['inconclusive', []],
  ])('is %s: responses have to fail, and invariants to hold: %j', (verdict, claims) => {
    expect(verdictOf(claims, undefined, true)).toBe(verdict)
  })

  test('an error is an error there, too', () => {
    expect(verdictOf([violated], new EnvironmentError('no engine'), true)).toBe('error')
  })
})

describe('a failure', () => {
  test('of our own is its sentence, its evidence and its remedy', () => {
    const parts = { evidence: 'exit status 1', remedy: 'Start the engine.' }
    expect(failureOf(new EnvironmentError('no engine', parts))).toEqual({ message: 'no engine', ...parts })
    expect(failureOf(new EnvironmentError('no engine'))).toEqual({ message: 'no engine' })
  })

  test('of any other is told with where it came from', () => {
    expect(failureOf(new TypeError('x'))).toMatchObject({
      message: 'x',
      stack: expect.stringContaining('TypeError'),
    })
    expect(failureOf('stop')).toEqual({ message: 'stop' })
  })
})
