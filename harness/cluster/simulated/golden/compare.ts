import { type NamedTime, numbered, type Pair, pairsOf, raceMs, swapped } from '../../../timeline/order.ts'
import type { KeyState, Story } from './key-states.ts'

/** What may be otherwise than it was. */
export interface Allowed {
  /** States that either run may lack or have elsewhere, by regular expressions of their names, and why. */
  races: [state: RegExp, because: string][]
  /** How far a state may lie from the real one, in milliseconds from the step that it came after. */
  slackMs: number
  /** States that come at any time in a window: the times of what comes after them are counted from them. */
  waits: Wait[]
  /** Its pods have nothing to do with each other, so that theirs is no common order. */
  areApart?: boolean
}

/** In milliseconds, here and there. */
export interface Wait {
  state: string
  /** The state that it is counted from; the step or the wait before it unless given. */
  after?: string
  fromMs: number
  toMs: number
}

/** Before anything is hurt pods start all at once, and the busier the machine the slower. */
const startSlackMs = 6_000
const start = 'deploy'

/** How the model's story is another than that of a real cluster: a sentence each. */
export function differencesOf(ours: Story, theirs: Story, allowed: Allowed): string[] {
  return [
    ...chainDifferences(ours, theirs, allowed),
    ...(allowed.areApart ? [] : orderDifferences(ours, theirs, allowed)),
    ...timeDifferences(ours, theirs, allowed),
  ]
}

/**
 * Each subject by itself: the pods of one part in the order in which they went, or were made. While they start, how long a step
 * takes is the machine's business.
 */
function chainDifferences(ours: Story, theirs: Story, allowed: Allowed): string[] {
  const [here, there] = [chainsOf(ours), chainsOf(theirs)]
  return [...new Set([...there.keys(), ...here.keys()])].flatMap((who) => {
    const [mine, real] = [here.get(who) ?? [], there.get(who) ?? []]
    const states = new Map([...mine, ...real].map((state) => [state.name, state]))
    const isStart = ({ name }: Pair) => states.get(name)?.anchor === start
    const pairs = firm(pairsOf(mine, real), allowed)
    const later = pairs.filter((pair) => !isStart(pair))
    const order = [...swapped(pairs.filter(isStart), raceMs), ...swapped(later)]
    return [...missing(pairs, states, ours, theirs), ...order]
  })
}

/** `the pod`, `another pod`, `another pod no. 2` with all that they go through: who goes first is first. */
function chainsOf({ states }: Story): Map<string, (NamedTime & KeyState)[]> {
  const chains = new Map<string, (NamedTime & KeyState)[]>()
  const counts = new Map<string, number>()
  const byUid = [...Map.groupBy(states, ({ uid }) => uid).values()]
  const goneMs = (chain: KeyState[]) => chain.find(({ what }) => what === 'is gone')?.atMs ?? Infinity
  for (const chain of byUid.sort((a, b) => (goneMs(a) < goneMs(b) ? -1 : goneMs(a) > goneMs(b) ? 1 : 0))) {
    const who = chain[0]?.who ?? ''
    const count = (counts.get(who) ?? 0) + 1
    counts.set(who, count)
    const name = count === 1 ? who : `${who} no. ${count}`
    chains.set(name, numbered(chain.map((state) => ({ ...state, name: `${name} ${state.what}` }))))
  }
  return chains
}

/** All of them beside each other, once the workload is up: whichever of several alike it is. */
function orderDifferences(ours: Story, theirs: Story, allowed: Allowed): string[] {
  const [here, there] = [namedStates(ours), namedStates(theirs)]
  const pairs = firm(pairsOf([...here.values()], [...there.values()]), allowed)
  return swapped(pairs.filter(({ name }) => (there.get(name) ?? here.get(name))?.anchor !== start))
}

/** A state that would come right before the end of the other story may be missing there. */
function missing(pairs: Pair[], states: Map<string, KeyState>, ours: Story, theirs: Story): string[] {
  const mayLack = (one: Story, other: Story, { anchor, atMs }: KeyState) =>
    atMs - (other.anchors.get(anchor) ?? 0) + (one.anchors.get(anchor) ?? 0) > one.endMs - raceMs
  return pairs.flatMap(({ name, simulatedMs, realMs }) => {
    const state = states.get(name)
    if (!state || (simulatedMs !== undefined && realMs !== undefined)) return []
    if (simulatedMs === undefined) return mayLack(ours, theirs, state) ? [] : `“${name}” was not seen here`
    return mayLack(theirs, ours, state) ? [] : `“${name}” was seen here only`
  })
}

function firm(pairs: Pair[], { races }: Allowed): Pair[] {
  return pairs.filter(({ name }) => !races.some(([race]) => race.test(name)))
}

function timeDifferences(ours: Story, theirs: Story, { races, slackMs, waits }: Allowed): string[] {
  const [here, there] = [namedStates(ours), namedStates(theirs)]
  return [...there.values()].flatMap((real) => {
    const simulated = here.get(real.name)
    if (!simulated) return []
    const window = waits.find(({ state }) => state === real.name)
    const before = waits.findLast(({ state }) => {
      const wait = there.get(state)
      return wait && wait.anchor === real.anchor && wait.atMs <= real.atMs && state !== real.name
    })
    const waited = window?.after ?? before?.state
    const since = ({ anchors }: Story, states: typeof here, { atMs }: NamedTime) =>
      atMs - ((waited === undefined ? anchors.get(real.anchor) : states.get(waited)?.atMs) ?? 0)
    const [hereMs, thereMs] = [since(ours, here, simulated), since(theirs, there, real)]
    if (!window && races.some(([race]) => race.test(real.name))) return []
    const atMost = real.anchor === start ? startSlackMs : slackMs
    const isInside = (ms: number, { fromMs, toMs }: Wait) => ms >= fromMs && ms <= toMs
    if (window ? isInside(hereMs, window) && isInside(thereMs, window) : Math.abs(hereMs - thereMs) <= atMost)
      return []
    const from = waited ?? real.anchor
    return `“${real.name}” comes ${seconds(hereMs)} after “${from}” here, and ${seconds(thereMs)} after it there`
  })
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

function namedStates({ states }: Story): Map<string, NamedTime & KeyState> {
  const all = numbered(states.map((state) => ({ ...state, name: `${state.who} ${state.what}` })))
  return new Map(all.map((state) => [state.name, state]))
}
