import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotCapableError, UsageError } from '../model/errors.ts'
import { HurtLedger } from './hurt-ledger.ts'

let folder = ''
let sleeps: (() => Promise<void> | void)[] = []
const { signal } = new AbortController()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolypoly-hurt-'))
  sleeps = []
})
afterEach(() => rm(folder, { recursive: true }))

/** Time passes while somebody waits, and something may happen in it. */
const clock = { sleep: async () => sleeps.shift()?.() }
const ledger = (scenario: string, atMost = 3) => new HurtLedger({ folder, atMost, scenario, clock })

test('a scenario that alone would hurt too many is refused, with what to say', async () => {
  const refused = ledger('a').take('scale', ['p1', 'p2', 'p3', 'p4'], signal)
  await expect(refused).rejects.toThrow('would make it 4 pods that this scenario hurts at once, and 3 may be')
  await expect(refused).rejects.toThrow(UsageError)
  await expect(refused).rejects.toMatchObject({ remedy: 'Say --at-most-hurt 4 to allow it.' })
})

test('a pod that is hurt twice counts once, until both faults are reverted', async () => {
  const one = ledger('a')
  await one.take('failProbe', ['p1', 'p2', 'p3'], signal)
  await one.take('deletePod', ['p1'], signal)
  await one.give(['p1'])
  await expect(one.take('killPod', ['p4'], signal)).rejects.toThrow('4 pods')
  await one.give(['p1'])
  await one.take('killPod', ['p4'], signal)
})

test('the pods of all scenarios count together: one waits for the other', async () => {
  const one = ledger('a')
  const other = ledger('b')
  await one.take('killPod', ['p1', 'p2'], signal)
  const happened: string[] = []
  sleeps = [() => void happened.push('waited'), () => one.close()]
  await other.take('killPod', ['q1', 'q2'], signal)
  expect(happened).toEqual(['waited'])
})

test('and where there is no room for two minutes, says so', async () => {
  await ledger('a').take('killPod', ['p1', 'p2'], signal)
  const waiting = ledger('b').take('killPod', ['q1', 'q2'], signal)
  await expect(waiting).rejects.toThrow('--at-most-hurt 4 would leave room')
  await expect(waiting).rejects.toThrow(NotCapableError)
})

test('where the count of the others cannot be read, nothing is hurt', async () => {
  await mkdir(join(folder, 'hurt.json'))
  await expect(ledger('a').take('killPod', ['p1'], signal)).rejects.toThrow('is no file')
})
