import { z } from 'zod'
import { verdicts } from './verdict.ts'

/** The schema of `result.json`, version 1. Times in a scenario are milliseconds from its own zero. */

/** Three years: what is beyond is no time of a scenario's, and no axis could be drawn to it. */
const longestMs = 100_000_000_000
const ms = z.number().min(-longestMs).max(longestMs)
const verdict = z.enum(verdicts)

const term = z.object({
  /** What takes the time, in a few words. */
  term: z.string(),
  /** Its share of the latest time. */
  ms,
  /** Its share of the earliest time; the same as `ms` where absent. */
  earliestMs: ms.optional(),
  /** True where Kubernetes itself sets this time, as a probe's period; absent for what the machine takes. */
  kubernetes: z.boolean().optional(),
  /** Where the fact comes from: Kubernetes' documentation or source, or a measurement. */
  source: z.string().optional(),
})

const prediction = z.object({ earliestMs: ms, latestMs: ms, because: z.array(term) })

const anchor = z.object({ event: z.string(), atMs: ms })

const claim = z.object({
  /** The promise as the scenario wrote it, as `toRestart({ times: 1 })`. */
  statement: z.string(),
  subject: z.string(),
  sort: z.enum(['response', 'invariant']),
  verdict,
  message: z.string(),
  anchor: anchor.optional(),
  /** From the anchor to what was waited for. */
  measuredMs: ms.optional(),
  /** What was waited for together, each from the anchor; negative for what was so before. */
  reached: z.array(z.object({ what: z.string(), ms })).optional(),
  predicted: prediction.optional(),
  /** The limit that the scenario gave, in milliseconds from the anchor. */
  within: ms.optional(),
  /** How long an invariant was watched at least, in milliseconds from the anchor, where it says so itself. */
  watchedMs: ms.optional(),
  timing: z.enum(['inside', 'early', 'late']).optional(),
  /** It was not judged, and nothing but the machine, which was too slow, is to blame. */
  tooSlow: z.literal(true).optional(),
})

const receipt = z.object({ atMs: ms, observedBy: z.string(), evidence: z.string() })

const fault = z.object({
  kind: z.string(),
  target: z.string(),
  injectedAtMs: ms,
  revertedAtMs: ms.optional(),
  receipt: receipt.nullable(),
})

const interval = z.object({
  subject: z.string(),
  kind: z.string(),
  fromMs: ms,
  toMs: ms.nullable(),
  detail: z.record(z.string(), z.unknown()),
})

const loss = z.object({
  /** When it was sent. */
  atMs: ms,
  /** From sending to the failure. */
  tookMs: ms.optional(),
  reason: z.string(),
  /** The pod that was asked. */
  pod: z.string().optional(),
  /** How that is known: the route that its node gave the connection, an earlier answer on it, or the time alone. */
  podKnownBy: z.enum(['route', 'answer', 'time']).optional(),
  endpoint: z.string(),
  connection: z.enum(['new', 'reused']),
  /** What the EndpointSlices said of that pod when the request was sent. */
  endpointState: z.enum(['ready', 'terminating', 'not ready', 'gone']).optional(),
  /** How long the connection had been open when the request was sent. */
  connectionAgeMs: ms.optional(),
  /** From the stop signal (SIGTERM or the image's own) of that pod's container to the failure; negative before it. */
  sinceSignalMs: ms.optional(),
  /** From the container's end, or its node's loss, to the failure; negative before it. */
  sinceEndMs: ms.optional(),
})

const traffic = z.object({
  requests: z.number().int(),
  lost: z.number().int(),
  longestGapMs: ms,
  /** The first of them; `lost` is the full count. */
  losses: z.array(loss),
  /** Of the answered requests, in milliseconds. */
  latency: z.object({ p50: ms, p95: ms, p99: ms, max: ms }).optional(),
  /** Why requests were lost, a sentence for each pod and way of losing them. */
  explanations: z
    .array(z.object({ pod: z.string().optional(), lost: z.number().int(), text: z.string() }))
    .optional(),
})

/** How one pod was stopped. Times are counted from its deletion, in milliseconds; absent where nothing was seen. */
const shutdown = z.object({
  /** `Pod/namespace/name` */
  subject: z.string(),
  container: z.string(),
  /** The scenario's time of the deletion, from which the others are counted. */
  deletedAtMs: ms,
  graceMs: ms,
  /** The stop signal, and who told of it: the node's runtime, or nobody but the deletion itself. */
  signal: z.object({ name: z.string(), atMs: ms, observedBy: z.string() }).optional(),
  /** The pod's endpoint was no longer ready. */
  endpointLeftMs: ms.optional(),
  /** The last time that a node sent it a new connection of the Service. */
  lastRoutedMs: ms.optional(),
  /** When the last new connection that it answered was begun. */
  lastAcceptedMs: ms.optional(),
  /** When the first new connection that it did not answer was begun. */
  firstRefusedMs: ms.optional(),
  /** Requests through the Service that had been sent to it before the signal and were not answered by then. */
  inFlight: z.object({ answered: z.number().int(), lost: z.number().int() }),
  /** Requests through the Service that were sent to it after the signal. */
  late: z.object({ answered: z.number().int(), lost: z.number().int() }),
  /** Connections of the Service that were open at the signal: closed between two requests, or in the midst of one. */
  keepAlive: z.object({ drained: z.number().int(), cut: z.number().int() }),
  exit: z.object({ atMs: ms, code: z.number().int(), reason: z.string() }).optional(),
  /** Itself, or the runtime's SIGKILL, as at the end of the grace period; neither where it was another SIGKILL. */
  endedBy: z.enum(['itself', 'SIGKILL']).optional(),
  /** What of the grace period was left at the exit. */
  graceLeftMs: ms.optional(),
})

/** How busy the machine was while the scenario ran. */
const noise = z.object({
  samples: z.number().int(),
  apiMs: z.object({ p50: ms, max: ms }),
  watchMs: z.object({ p50: ms, max: ms }).optional(),
  cpuWaiting: z.object({ p50: z.number(), max: z.number() }).optional(),
  /** Tasks that ran or waited, for each CPU. */
  cpuQueue: z.object({ p50: z.number(), max: z.number() }).optional(),
})

/** A step that waits for something else than a claim: a workload to become steady, or time to pass on purpose. */
const wait = z.object({ what: z.string(), predictedMs: ms, tookMs: ms })

const diagnostic = z.object({
  subject: z.string(),
  /** What it is: `description`, `previous logs`, `logs`, `events`, `kubelet journal`. */
  what: z.string(),
  text: z.string(),
})

const failure = z.object({
  message: z.string(),
  evidence: z.string().optional(),
  remedy: z.string().optional(),
  stack: z.string().optional(),
})

/** What a scenario asked of a simulated cluster in the place of an existing one. */
const rehearsal = z.object({
  permissions: z.array(z.object({ verb: z.string(), apiGroup: z.string(), resource: z.string() })),
  /** The objects that it made, as `Deployment/web`. */
  made: z.array(z.string()),
  hurtAtOnce: z.number().int().optional(),
})

const scenario = z.object({
  id: z.string(),
  title: z.string(),
  file: z.string(),
  exclusive: z.boolean(),
  verdict,
  startedAt: z.string(),
  durationMs: ms,
  skippedBecause: z.string().optional(),
  /** Why it was played a second time, by itself: what of the first was not judged, for the machine was too slow. */
  playedAgain: z.string().optional(),
  error: failure.optional(),
  faults: z.array(fault),
  claims: z.array(claim),
  waits: z.array(wait).optional(),
  intervals: z.array(interval),
  traffic: traffic.optional(),
  /** A picture for each pod that was told to stop, with the same promise's of an earlier run beside it. */
  shutdowns: z.array(shutdown.extend({ before: shutdown.extend({ run: z.string() }).optional() })).optional(),
  noise: noise.optional(),
  /** The recording's path, relative to the run's folder. */
  recording: z.string().optional(),
  gaps: z.array(
    z.object({
      watch: z.string(),
      fromMs: ms,
      toMs: ms,
      reason: z.string(),
      unchanged: z.boolean().optional(),
    }),
  ),
  diagnostics: z.array(diagnostic),
  rehearsal: rehearsal.optional(),
})

const cluster = z.object({
  provider: z.enum(['kind', 'existing', 'simulated']),
  name: z.string(),
  kubernetesVersion: z.string(),
  nodes: z.array(z.object({ name: z.string(), role: z.string() })),
  capabilities: z.array(z.string()),
  /** Settings that bear on timing, as `node monitor grace period: 50 s`. */
  settings: z.record(z.string(), z.string()),
})

const run = z.object({
  id: z.string(),
  mode: z.enum(['normal', 'control']),
  verdict,
  startedAt: z.string(),
  finishedAt: z.string(),
  rolypolyVersion: z.string(),
  seed: z.number().int(),
  cluster: cluster.optional(),
  /** Why the run itself failed or was cut short, where it did or was. */
  error: failure.optional(),
  /** It was asked to stop before its end: what it had not judged by then is `inconclusive`. */
  interrupted: z.boolean().optional(),
})

export const resultSchema = z.object({
  schemaVersion: z.literal(1),
  run,
  scenarios: z.array(scenario),
})

export type Result = z.infer<typeof resultSchema>
export type RunResult = z.infer<typeof run>
export type ClusterResult = z.infer<typeof cluster>
export type ScenarioResult = z.infer<typeof scenario>
export type FaultResult = z.infer<typeof fault>
export type Receipt = z.infer<typeof receipt>
export type ClaimResult = z.infer<typeof claim>
export type Anchor = z.infer<typeof anchor>
export type Prediction = z.infer<typeof prediction>
export type Term = z.infer<typeof term>
export type IntervalResult = z.infer<typeof interval>
export type TrafficResult = z.infer<typeof traffic>
export type Loss = z.infer<typeof loss>
export type Shutdown = z.infer<typeof shutdown>
export type ShutdownResult = NonNullable<ScenarioResult['shutdowns']>[number]
export type Wait = z.infer<typeof wait>
export type Noise = z.infer<typeof noise>
export type Diagnostic = z.infer<typeof diagnostic>
export type Failure = z.infer<typeof failure>
