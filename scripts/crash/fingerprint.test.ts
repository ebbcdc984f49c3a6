import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { difference, marked } from './fingerprint.ts'

test('what is missing and what is new are told, and nothing of what is as it was', () => {
  expect(difference(['a', 'b'], ['b', 'a'])).toEqual([])
  expect(difference(['a', 'b'], ['b', 'c'])).toEqual(['- a', '+ c'])
})

test('what a process started is found by its mark, and not what bears another', async () => {
  const mark = `CRASH_TEST=${process.pid}`
  const args = ['-c', 'sleep 60 & echo; wait']
  const start = (value: string) =>
    spawn('sh', args, { env: { ...process.env, CRASH_TEST: value }, detached: true })
  const [ours, others] = [start(String(process.pid)), start(`${process.pid}0`)]
  await Promise.all([ours, others].map(({ stdout }) => once(stdout, 'data')))
  expect((await marked(mark)).toSorted()).toEqual([
    'on this machine: sh -c sleep 60 & echo; wait',
    'on this machine: sleep 60',
  ])
  for (const { pid = 0 } of [ours, others]) process.kill(-pid, 'SIGKILL')
  await expect.poll(() => marked(mark)).toEqual([])
})
