import { isGraceSpent } from '../../../harness/model/grace.ts'
import type { Shutdown } from '../../../harness/model/result.ts'
import { seconds } from '../../numbers.ts'
import { cleanExit } from '../../shutdown-words.ts'

/** How a stretch of a stop looks; `lagging` and `danger` are those in which new connections come too late. */
export type StopTone =
  | 'spent'
  | 'spare'
  | 'overrun'
  | 'endpoint'
  | 'routed'
  | 'lagging'
  | 'danger'
  | 'accepting'
  | 'refusing'
  | 'container'

/** A stretch in milliseconds from the deletion; null is the edge of the picture. */
export interface StopBar {
  fromMs: number | null
  toMs: number | null
  tone: StopTone
  what: string
  label?: string
}

export interface StopMark {
  atMs: number
  shape: 'signal' | 'completed' | 'killed'
  what: string
  /** A few words beside it. */
  label?: string
}

/** One fact of a stop: in words, and as a stretch of time. */
export interface StopLane {
  name: string
  value: string
  /** False where nothing was seen, which is not the same as zero. */
  seen: boolean
  bars: StopBar[]
  marks: StopMark[]
}

/** The facts of one stop, in the order in which they should happen. */
export function stopLanes(stop: Shutdown): StopLane[] {
  return [grace(stop), signal(stop), endpoint(stop), routed(stop), listening(stop), container(stop)]
}

function grace({ graceMs, exit, endedBy, graceLeftMs }: Shutdown): StopLane {
  const name = 'grace period'
  const whole = seconds(graceMs)
  if (!exit) {
    const bar: StopBar = { fromMs: 0, toMs: graceMs, tone: 'spare', what: 'Grace period, its use not seen' }
    return lane(name, `${whole}, its use not seen`, graceMs > 0 ? [bar] : [])
  }
  const usedMs = Math.min(exit.atMs, graceMs)
  const bars: StopBar[] = [{ fromMs: 0, toMs: usedMs, tone: 'spent', what: 'Grace period used' }]
  if (graceMs > usedMs) {
    const left = graceLeftMs === undefined ? 'unused' : `${seconds(graceLeftMs)} left`
    bars.push({ fromMs: usedMs, toMs: graceMs, tone: 'spare', what: `Grace period, ${left}`, label: left })
  }
  if (exit.atMs > graceMs) {
    const over = `${seconds(exit.atMs - graceMs)} over`
    bars.push({ fromMs: graceMs, toMs: exit.atMs, tone: 'overrun', what: `Ended ${over} its grace period` })
  }
  if (endedBy === 'SIGKILL' && isGraceSpent(graceLeftMs)) return lane(name, `${whole}, used up`, bars)
  if (graceLeftMs === undefined) return lane(name, whole, bars)
  const rest = graceLeftMs < 0 ? `${seconds(-graceLeftMs)} over` : `${seconds(graceLeftMs)} left`
  return lane(name, `${whole}, ${rest}`, bars)
}

function signal({ signal }: Shutdown): StopLane {
  const name = 'stop signal'
  if (!signal) return unseen(name)
  const told = `by ${signal.observedBy}`
  const what = `${signal.name}, ${told}`
  return lane(name, `${signal.name} at ${seconds(signal.atMs)}`, [], {
    atMs: signal.atMs,
    shape: 'signal',
    what,
    label: told,
  })
}

function endpoint({ endpointLeftMs: leftMs }: Shutdown): StopLane {
  const name = 'endpoint ready'
  if (leftMs === undefined) return unseen(name, 'not seen to leave')
  return lane(name, until(leftMs), [{ fromMs: null, toMs: leftMs, tone: 'endpoint', what: 'Endpoint ready' }])
}

/** New connections that nodes sent to the pod: after its endpoint had left they are late, after it refused they are lost. */
function routed({ lastRoutedMs: lastMs, endpointLeftMs, firstRefusedMs }: Shutdown): StopLane {
  const name = 'routed to it'
  if (lastMs === undefined) return unseen(name)
  const lateMs = Math.min(lastMs, endpointLeftMs ?? Infinity, firstRefusedMs ?? Infinity)
  const dangerMs = Math.min(lastMs, firstRefusedMs ?? Infinity)
  const bars: StopBar[] = [
    { fromMs: null, toMs: lateMs, tone: 'routed', what: 'New connections were sent to it' },
    { fromMs: lateMs, toMs: dangerMs, tone: 'lagging', what: 'Sent to it though its endpoint had left' },
    { fromMs: dangerMs, toMs: lastMs, tone: 'danger', what: 'Sent to it though it refused them' },
  ]
  return lane(
    name,
    until(lastMs),
    bars.filter((bar) => bar.fromMs !== bar.toMs),
  )
}

function listening({ lastAcceptedMs: lastMs, firstRefusedMs: firstMs, exit }: Shutdown): StopLane {
  const name = 'accepts connections'
  if (lastMs === undefined && firstMs === undefined) return unseen(name)
  const bars: StopBar[] = []
  if (firstMs !== undefined) {
    const toMs = exit && exit.atMs > firstMs ? exit.atMs : null
    bars.push({ fromMs: firstMs, toMs, tone: 'refusing', what: 'New connections refused' })
  }
  if (lastMs !== undefined) {
    bars.push({ fromMs: null, toMs: lastMs, tone: 'accepting', what: 'New connections accepted' })
  }
  const accepted = lastMs === undefined ? 'not seen' : until(lastMs)
  const refused = firstMs === undefined ? 'none refused' : `refuses from ${seconds(firstMs)}`
  return lane(name, `${accepted}, ${refused}`, bars)
}

function container(stop: Shutdown): StopLane {
  const { container, exit, endedBy } = stop
  const name = 'container runs'
  if (!exit) return unseen(name, 'exit not seen')
  const what = `exit ${exit.code} ${exit.reason}`
  const by = endedBy === undefined ? '' : `, by ${endedBy}`
  return lane(
    name,
    `until ${seconds(exit.atMs)}, exit ${exit.code}${by}`,
    [{ fromMs: null, toMs: exit.atMs, tone: 'container', what: `${container} runs` }],
    {
      atMs: exit.atMs,
      shape: cleanExit(stop) ? 'completed' : 'killed',
      what: `${what}${by}`,
      ...(cleanExit(stop) ? {} : { label: what }),
    },
  )
}

function until(ms: number): string {
  return ms < 0 ? `until ${seconds(-ms)} before it` : `until ${seconds(ms)}`
}

function lane(name: string, value: string, bars: StopBar[], ...marks: StopMark[]): StopLane {
  return { name, value, seen: true, bars, marks }
}

function unseen(name: string, value = 'not seen'): StopLane {
  return { name, value, seen: false, bars: [], marks: [] }
}
