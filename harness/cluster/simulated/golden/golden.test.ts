import { readdirSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import type { Observation } from '../../../model/observation.ts'
import type { ScenarioBody } from '../../../scenario/context.ts'
import { cases } from './cases.ts'
import { differencesOf } from './compare.ts'
import { fieldsOf, leftOut } from './fields.ts'
import { storyOf } from './key-states.ts'
import { unpack } from './packing.ts'
import { played } from './play.ts'
import { plays } from './plays.ts'
import '../../../../scenarios/broken/graceful-stop.scenario.ts'
import '../../../../scenarios/broken/sigkill.scenario.ts'
import '../../../../scenarios/graceful-stop.scenario.ts'
import '../../../../scenarios/killed-pod.scenario.ts'
import '../../../../scenarios/liveness.scenario.ts'
import '../../../../scenarios/pause-node.exclusive.scenario.ts'
import '../../../../scenarios/probe-ways-startup.scenario.ts'
import '../../../../scenarios/readiness.scenario.ts'
import '../../../../scenarios/sigkill.scenario.ts'
import '../../../../scenarios/stop-kubelet.exclusive.scenario.ts'

const scenarios = vi.hoisted(() => new Map<string, unknown>())
// The scenarios' own bodies are played here, and are no tests of this file.
vi.mock('../../../scenario/scenario.ts', () => ({
  scenario: (title: string, ...given: unknown[]) => scenarios.set(title, given.at(-1)),
}))

vi.setConfig({ testTimeout: 60_000 })

const seeds = [1, 2, 3]
const folder = new URL('recordings/', import.meta.url)
const names = readdirSync(folder).map((file) => file.replace('.jsonl', ''))

function bodyOf(name: string): ScenarioBody {
  const words = cases[name]?.title
  const found = [...scenarios].find(([title]) => words !== undefined && title.startsWith(words))
  const body = plays[name] ?? found?.[1]
  if (!body) throw new Error(`${name}: no scenario is known by ${JSON.stringify(words)}`)
  return body as ScenarioBody
}

function golden(name: string) {
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .split('\n')
    .filter(Boolean)
  return unpack(lines.map((line) => JSON.parse(line)))
}

const playedBefore = new Map<string, Promise<Observation[]>>()

/** Once for all tests. */
function model(name: string, seed: number): Promise<Observation[]> {
  const key = `${name} ${seed}`
  const playing = playedBefore.get(key) ?? played(name, bodyOf(name), seed)
  playedBefore.set(key, playing)
  return playing
}

test('every recording has its case', () => {
  expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
})

test.each(Object.entries(cases))('%s: the same states in the same order and time', async (name, allowed) => {
  const real = storyOf(golden(name))
  expect(real.states.length).toBeGreaterThan(10)
  for (const seed of seeds) {
    const story = storyOf(await model(name, seed))
    expect.soft(differencesOf(story, real, allowed), `seed ${seed}`).toEqual([])
  }
})

/** The fields of objects in one case, here and there; of which there are events is the story's matter. */
async function fields(name: string): Promise<{ here: Set<string>; there: Set<string> }> {
  const recordings = await Promise.all(seeds.map((seed) => model(name, seed)))
  const here = new Set(recordings.flatMap((recording) => [...fieldsOf(recording)]))
  return { here, there: fieldsOf(golden(name)) }
}

function expectSame(here: Set<string>, there: Set<string>, isMeant: (field: string) => boolean): void {
  const isFirm = (field: string) => isMeant(field) && !leftOut.some(([pattern]) => pattern.test(field))
  const alone = (fields: Set<string>, others: Set<string>) =>
    [...fields].filter((field) => !others.has(field) && isFirm(field))
  expect(alone(there, here), 'there alone').toEqual([])
  expect(alone(here, there), 'here alone').toEqual([])
}

test.each(names)('%s: the same fields, with the same words', async (name) => {
  const { here, there } = await fields(name)
  const races = cases[name]?.fields ?? []
  const isRace = (field: string) => races.some(([pattern]) => pattern.test(field))
  expectSame(here, there, (field) => !field.startsWith('Event ') && !isRace(field))
})

test('events have the same fields too', async () => {
  const all = await Promise.all(names.map(fields))
  const here = new Set(all.flatMap((one) => [...one.here]))
  const there = new Set(all.flatMap((one) => [...one.there]))
  expectSame(here, there, (field) => field.startsWith('Event '))
})
