import { expect, test } from 'vitest'
import { judgeInotify } from './inotify.ts'
import { judgeDisk, judgeMemory, judgeProcessors } from './room.ts'

const gib = 1024 ** 3

test.each([
  [74, false, 'fine'],
  [9, false, 'fine'],
  [9, true, 'warning'],
  [3, false, 'warning'],
  [3, true, 'lack'],
  [2.9, false, 'lack'],
])('%d GiB of disk (an image to be pulled: %s) is %s', (free, pull, level) => {
  expect(judgeDisk(free * gib, '/var/lib/docker', pull).level).toBe(level)
})

test('too little disk says how much is needed, and what frees some', () => {
  expect(judgeDisk(1.25 * gib, '/data', false)).toEqual({
    level: 'lack',
    found: '1.3 GiB free in /data; a run of 3 nodes takes 3 GiB at the least, 9 with larger workloads',
    remedy: 'docker system prune',
  })
})

test('memory is judged by what can be had, where that is known', () => {
  expect(judgeMemory(24 * gib, 20 * gib)).toEqual({
    level: 'fine',
    found: '20 GiB available of 24 GiB',
  })
  expect(judgeMemory(24 * gib, 1.5 * gib).level).toBe('warning')
  expect(judgeMemory(24 * gib, 0.5 * gib).level).toBe('lack')
  expect(judgeMemory(1.9 * gib, undefined)).toMatchObject({ level: 'warning' })
  expect(judgeMemory(8 * gib, undefined).found).toBe('8.0 GiB in all')
})

test('one processor is a warning', () => {
  expect(judgeProcessors({ processors: 2 }).level).toBe('fine')
  expect(judgeProcessors({ processors: 1 }).level).toBe('warning')
})

test('low inotify limits are a warning, and the command raises those alone', () => {
  expect(judgeInotify({ max_user_instances: 512, max_user_watches: 524_288 }).level).toBe('fine')
  expect(judgeInotify({ max_user_instances: 128, max_user_watches: 1_000_000 })).toEqual({
    level: 'warning',
    found: expect.stringContaining('max_user_instances is 128 (kind asks for 512)'),
    remedy: 'sudo sysctl fs.inotify.max_user_instances=512',
  })
})
