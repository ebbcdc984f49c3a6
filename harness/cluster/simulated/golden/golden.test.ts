import { readdirSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import type { ScenarioBody } from '../../../scenario/play.ts'
import { cases } from './cases.ts'
import { differencesOf } from './compare.ts'
import { storyOf } from './key-states.ts'
import { unpack } from './packing.ts'
import { played } from './play.ts'
import { plays } from './plays.ts'
import '../../../../scenarios/broken/graceful-stop.scenario.ts'
import '../../../../scenarios/broken/sigkill.scenario.ts'
import '../../../../scenarios/deleted-node.exclusive.scenario.ts'
import '../../../../scenarios/graceful-stop.scenario.ts'
import '../../../../scenarios/killed-pod.scenario.ts'
import '../../../../scenarios/liveness.scenario.ts'
import '../../../../scenarios/pause-node.exclusive.scenario.ts'
import '../../../../scenarios/probe-ways-startup.scenario.ts'
import '../../../../scenarios/readiness.scenario.ts'
import '../../../../scenarios/sigkill.scenario.ts'
import '../../../../scenarios/stop-kubelet.exclusive.scenario.ts'
import '../../../../scenarios/stop-node.exclusive.scenario.ts'

const scenarios = vi.hoisted(() => new Map<string, unknown>())
// The scenarios' own bodies are played here, and are no tests of this file.
vi.mock('../../../scenario/scenario.ts', () => ({
  scenario: (title: string, ...given: unknown[]) => scenarios.set(title, given.at(-1)),
}))

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

test('every recording has its case', () => {
  expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
})

test.each(Object.entries(cases))(
  '%s: the model goes through what a real cluster went through',
  async (name, allowed) => {
    const real = storyOf(golden(name))
    for (const seed of seeds) {
      const story = storyOf(await played(name, bodyOf(name), seed))
      expect.soft(differencesOf(story, real, allowed), `seed ${seed}`).toEqual([])
    }
  },
)
