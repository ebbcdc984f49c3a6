import type { ScenarioResult } from '../harness/model/result.ts'

/** What the title of a twin, a scenario that is made to fail, says that it must come to. */
export type Twin =
  /** `violates <claim>: <what is broken>` */
  | { comesTo: 'violated'; claim: string; broken: string }
  /** `error "<words>": <what is broken>`; `inconclusive "<words>": ...` */
  | { comesTo: 'error' | 'inconclusive'; words: string; broken: string }

/** Undefined for the title of a scenario that is no twin. */
export function twinOf(title: string): Twin | undefined {
  const [, claim, what] = /^violates ([^:]+): (.+)$/s.exec(title) ?? []
  if (claim && what) return { comesTo: 'violated', claim, broken: what }
  const [, comesTo, words, broken] = /^(error|inconclusive) "(.+?)": (.+)$/s.exec(title) ?? []
  if (!words || !broken) return undefined
  return { comesTo: comesTo === 'error' ? 'error' : 'inconclusive', words, broken }
}

/** The claims that are the one that a twin was made for. */
export function isClaim(statement: string, claim: string): boolean {
  return statement === claim || statement.startsWith(`${claim}(`)
}

/**
 * What a twin has come to that its title does not say, as part of a sentence; undefined where all is as it must be:
 * violated by the one claim and no other, with the subject and the time in its message.
 */
export function wrongWith(scenario: ScenarioResult): string | undefined {
  const { title, verdict, error } = scenario
  const twin = twinOf(title)
  if (!twin) return 'its title does not say what it must come to'
  if (twin.comesTo === 'violated') return wrongWithViolated(scenario, twin.claim)
  if (verdict !== twin.comesTo) return `it is ${verdict}`
  const message = error?.message ?? ''
  if (!message.includes(twin.words)) return `its message is: ${message}`
  return message.includes('\n') ? `its message is more than one sentence: ${message}` : undefined
}

function wrongWithViolated(scenario: ScenarioResult, claim: string): string | undefined {
  const { verdict, claims, error } = scenario
  if (verdict !== 'violated') return `it is ${verdict}: ${error?.message ?? 'nothing was violated'}`
  const broken = claims.filter((one) => one.verdict === 'violated')
  const other = broken.find(({ statement }) => !isClaim(statement, claim))
  if (other) return `${other.statement} was violated instead: ${other.message}`
  const vague = broken.find(({ message, subject }) => !message.startsWith(subject))
  if (vague) return `the message does not begin with its subject: ${vague.message}`
  const timeless = broken.find(({ message, anchor }) => anchor && !/ at \d+\.\d\d s/.test(message))
  if (timeless) return `the message does not say when: ${timeless.message}`
  const unhurt = broken.find(({ subject }) => !belongsToHurt(scenario, subject))
  return unhurt && `${unhurt.subject} was blamed, whose workload no fault has hit: ${unhurt.message}`
}

/**
 * Whether a subject is a pod that a fault has hit, a sibling of one, or what owns one. True too where the result does
 * not tell, as where the fault was refused.
 */
function belongsToHurt({ faults, intervals }: ScenarioResult, subject: string): boolean {
  const letGo = intervals.filter(({ kind }) => kind === 'pod-released')
  const ownerOf = ({ subject, detail }: ScenarioResult['intervals'][number]) =>
    detail.ownerName ?? letGo.find((one) => one.subject === subject)?.detail.ownerName ?? null
  const pods = intervals
    .filter(({ kind }) => kind === 'pod')
    .map((pod) => ({ subject: pod.subject, owner: ownerOf(pod), node: pod.detail.node }))
  const hurt = pods.filter((pod) =>
    faults.some(({ target }) => isOf(target, pod.subject) || target === `Node/${pod.node}`),
  )
  if (hurt.length === 0) return true
  const [kind, , name] = subject.split('/')
  if (kind === 'Pod') {
    const owner = pods.find((pod) => isOf(subject, pod.subject))?.owner
    return hurt.some((pod) => isOf(subject, pod.subject) || (owner !== null && pod.owner === owner))
  }
  if (kind === 'Workload') return true
  // A Deployment owns its pods by way of a ReplicaSet, whose name is its own with a hash behind it.
  return hurt.some(({ owner }) => owner === name || String(owner).replace(/-[^-]+$/, '') === name)
}

/** True for the pod itself and for a container of it. */
function isOf(subject: string, pod: string): boolean {
  return subject === pod || subject.startsWith(`${pod}/`)
}
