import { expect, test } from 'vitest'
import { differencesOf } from './compare.ts'
import type { KeyState, Story } from './key-states.ts'

const allowed = { races: [], slackMs: 3_000, waits: [] }

/** `pod what` at its time, after `deploy` at 0 and `fault` at 10 s. */
function story(times: Record<string, number>): Story {
  const states = Object.entries(times).map(([name, atMs]): KeyState => {
    const [uid = '', ...what] = name.split(' ')
    const anchor = atMs < 10_000 ? 'deploy' : 'fault'
    return { who: uid.replace(/\d/, ''), uid, what: what.join(' '), atMs, anchor }
  })
  const anchors = new Map([
    ['deploy', 0],
    ['fault', 10_000],
  ])
  return { states: states.sort((a, b) => a.atMs - b.atMs), anchors, endMs: 60_000 }
}

const real = { 'pod1 ready': 1_000, 'pod1 ill': 12_000, 'pod1 ends': 15_000, 'pod1 back': 20_000 }

test('the same story has no differences, whatever its pods are called', () => {
  const named = Object.entries(real).map(([name, atMs]) => [name.replace('1', '2'), atMs])
  expect(differencesOf(story(Object.fromEntries(named)), story(real), allowed)).toEqual([])
})

test('what is missing, of another order or out of time is told', () => {
  const { 'pod1 ill': _, ...rest } = real
  expect(differencesOf(story(rest), story(real), allowed)).toEqual(['“pod ill” was not seen here'])
  expect(differencesOf(story(real), story(rest), allowed)).toEqual(['“pod ill” was seen here only'])
  expect(differencesOf({ ...story(rest), endMs: 13_400 }, story(real), allowed)).toEqual([])
  expect(differencesOf(story({ ...real, 'pod1 ends': 11_900 }), story(real), allowed)).toEqual([
    '“pod ends” comes before “pod ill” here, and 3000 ms after it there',
    '“pod ends” comes before “pod ill” here, and 3000 ms after it there',
    '“pod ends” comes 1.9 s after “fault” here, and 5.0 s after it there',
  ])
  const races: [RegExp, string][] = [[/pod ill/, 'it may be ill for a moment only']]
  expect(differencesOf(story(rest), story(real), { ...allowed, races })).toEqual([])
})

test('what comes after a wait is counted from it, and the wait has a window', () => {
  const late = { ...real, 'pod1 ends': 25_000, 'pod1 back': 30_000 }
  const wait = (toMs: number) => ({ ...allowed, waits: [{ state: 'pod ends', fromMs: 4_000, toMs }] })
  expect(differencesOf(story(late), story(real), allowed)).toHaveLength(2)
  expect(differencesOf(story(late), story(real), wait(15_000))).toEqual([])
  expect(differencesOf(story(late), story(real), wait(14_000))).toEqual([
    '“pod ends” comes 15.0 s after “fault” here, and 5.0 s after it there',
  ])
})

test('while a workload starts its pods do so side by side, and each as fast as the machine lets it', () => {
  const there = { 'pod1 made': 100, 'pod1 ready': 2_000, 'pod2 made': 4_000, 'pod2 ready': 6_000 }
  const here = { 'pod1 made': 100, 'pod2 made': 110, 'pod2 ready': 900, 'pod1 ready': 950 }
  expect(differencesOf(story(here), story(there), allowed)).toEqual([])
  expect(differencesOf(story({ ...here, 'pod2 ready': 9_900 }), story(there), allowed)).toEqual([])
  expect(differencesOf(story({ ...there, 'pod1 ready': 0 }), story(there), allowed)).toEqual([])
  const never = { 'pod1 made': 100, 'pod1 ready': 950, 'pod2 made': 110, 'pod2 ill': 8_000 }
  expect(differencesOf(story(never), story(there), allowed)).toContain('“pod no. 2 ill” was seen here only')
})
