import type { Allowed } from './compare.ts'

/** A story that was recorded on a real cluster, and is played in the model. */
export interface Case extends Allowed {
  /** The words that the title of its scenario begins with; absent where it is a play of its own. */
  title?: string
  /** Fields that either run may lack. */
  fields?: [field: RegExp, because: string][]
}

const races: Allowed['races'] = [
  [/waits: ContainerCreating/, 'a status may first be written when its container runs already'],
  [/has an event Unhealthy/, 'a probe may ask before the app listens, or once it listens no more'],
]

/** Where a probe of the pod is made to fail: of all others what is said above. */
const but = (probe: string): Allowed['races'] => [
  ...races.slice(0, 1),
  [/^(another pod|a replacement)\b.* has an event Unhealthy/, 'a probe may ask before the app listens'],
  [new RegExp(`has an event Unhealthy: (?!${probe})`), 'the same'],
]

/** Of pods that are ended by force: their containers get 2 s, and their app takes 2 s to stop. */
const narrow: Allowed['races'] = [[/is sent SIGKILL/, 'it comes just as the container ends by itself']]

const usual = { slackMs: 3_000, waits: [], races }

/** A node may be silent for 50 s, its last heartbeat may be 10 s old, and the node controller looks every 5 s, twice. */
const foundSilent = { state: 'the node is no longer ready', fromMs: 40_000, toMs: 60_500 }

/** Its pods bear its taint for 5 s, and that may come ten seconds late. */
const evicted = { state: 'the pod has an event TaintManagerEviction', fromMs: 5_000, toMs: 15_600 }

const seenRunning = 'a container may end before its kubelet has looked at it'

/** Of the container that ends at once. */
const crash = (what: string, after: string, fromMs: number, toMs: number) => ({
  ...{ state: `a pod of set 1 ${what}`, after: `a pod of set 1 ${after}` },
  ...{ fromMs, toMs },
})

/**
 * The kubelet looks again 10 to 15 s later, until the back-off of 10 s, then of 20, then of 40, is over. It may look a
 * second after an end too, and tell then that it waits.
 */
const crashes = [
  crash('has ended: 1 Error (2)', 'has ended: 1 Error', 0, 2_500),
  crash('waits: CrashLoopBackOff', 'has ended: 1 Error (2)', 500, 16_500),
  crash('has ended: 1 Error (3)', 'has ended: 1 Error (2)', 10_000, 17_500),
  crash('waits: CrashLoopBackOff (2)', 'has ended: 1 Error (3)', 500, 16_500),
  crash('has ended: 1 Error (4)', 'has ended: 1 Error (3)', 20_000, 33_000),
  crash('waits: CrashLoopBackOff (3)', 'has ended: 1 Error (4)', 500, 16_500),
]

/** What stands in `recordings/`, and how the model may differ from it. */
export const cases: Record<string, Case> = {
  liveness: {
    ...{ ...usual, title: 'a container whose liveness endpoint fails' },
    races: [
      ...but('Liveness'),
      [
        /no ready endpoint|serves|ready endpoint \(2\)/,
        'ready again, it may be so before its endpoint is looked at',
      ],
    ],
  },
  readiness: { ...usual, title: 'a pod whose readiness fails', races: but('Readiness') },
  // Killed a second time it waits for its back-off.
  startup: {
    ...{ ...usual, title: 'a container whose startup probe over http fails', races: but('Startup') },
    // Ended a second time, it waits for the kubelet to look again.
    slackMs: 5_000,
  },
  sigkill: { ...usual, title: 'a container killed by SIGKILL' },
  'never-restarted': { ...usual, title: 'violates toRestart: a pod whose restart policy is Never' },
  'graceful-stop': { ...usual, title: 'an app told to stop finishes its requests' },
  'deaf-to-sigterm': {
    ...{ ...usual, title: 'violates toExit: an app that ignores SIGTERM' },
    // What its kubelet did for the pod before took it so long.
    races: [...races, [/the pod (is sent SIGTERM|has an event Killing|is gone)/, 'its kubelet was busy']],
    waits: [{ state: 'the pod is sent SIGTERM', fromMs: -500, toMs: 2_500 }],
  },
  'long-pre-stop': { ...usual, title: 'violates toExit: a preStop hook longer' },
  'killed-pod': {
    ...{ ...usual, title: 'a killed pod is replaced' },
    races: [...races, ...narrow, [/is a terminating endpoint/, 'it was seen on its way 28 times of 30']],
  },
  'deleted-node': {
    ...{ ...usual, races: [...races, ...narrow] },
    waits: [
      // PodGC waits for 40 s before it believes, and looks every 20 s, twice.
      { state: 'the pod is no longer ready', fromMs: 40_000, toMs: 80_500 },
      // Its kubelet looks every 10 s.
      { state: 'the node is ready (2)', fromMs: 0, toMs: 10_500 },
    ],
  },
  'stop-node': { ...usual, waits: [foundSilent, evicted] },
  'stop-kubelet': {
    ...{ ...usual, title: 'containers whose kubelet stops', waits: [foundSilent] },
    races: [...races, [/has an event TaintManagerEviction/, 'the node may be back before it is tainted']],
  },
  'back-off': {
    ...{ ...usual, waits: crashes, areApart: true },
    races: [...races, [/runs, restarted 0 times|is (no longer )?ready|is Running/, seenRunning]],
    fields: [
      [
        /(conditions\[(Ready|ContainersReady)\]|containerStatuses\[\]\.(ready|started|state\.running))/,
        seenRunning,
      ],
    ],
  },
  'rolling-update-one-more': usual,
  'rolling-update-one-less': usual,
  scaling: usual,
  'pause-node': { ...usual, title: 'a node that is frozen' },
}
