import { EnvironmentError } from '../../../model/errors.ts'
import type { ExecResult, PodRef } from '../../kube.ts'
import type { Process, World } from '../world.ts'
import { reachKubelet } from './reach.ts'
import { badRequest, notFound } from './refusals.ts'

/** No command of the harness's takes longer. */
const execLimitMs = 3_600_000

/** Runs a command in a container, and waits until it ends. */
export async function execIn(world: World, ref: PodRef, command: readonly string[]): Promise<ExecResult> {
  const { clock } = world
  const { subject, process } = await containerOf(world, ref)
  if (!process || process.exited) {
    throw new EnvironmentError(
      `${subject}: exec failed: container not found (${JSON.stringify(ref.container)})`,
    )
  }
  const over = new AbortController()
  const { promise, resolve } = Promise.withResolvers<ExecResult>()
  process.exec(command, ({ exitCode, stdout }) => {
    clock.stir()
    resolve({ stdout, stderr: '', exitCode })
  })
  // Time goes on for as long as somebody waits for it.
  const late = clock.sleep(execLimitMs, over.signal).then(() => {
    throw new EnvironmentError(`${subject}: exec did not end within an hour`)
  })
  late.catch(() => undefined)
  return Promise.race([promise, late]).finally(() => over.abort())
}

export interface LogOptions {
  previous?: boolean
  tailLines?: number
  /** Each line behind its time. */
  timestamps?: boolean
}

/** The log so far, each line with its end. */
export async function logsOf(
  world: World,
  ref: PodRef,
  { previous, tailLines, timestamps }: LogOptions,
): Promise<string> {
  const { subject, uid, process } = await containerOf(world, ref)
  const wanted = previous ? world.runtime.previous(uid, ref.container) : process
  if (!wanted) throw notStarted(subject, ref, previous === true)
  const { lines } = wanted.log
  const from = tailLines === undefined ? 0 : Math.max(0, lines.length - tailLines)
  return lines
    .slice(from)
    .map(({ text, epochMs }) => `${timed(text, epochMs, timestamps)}\n`)
    .join('')
}

/** Tells each line from the first on, until the log ends or the signal. */
export async function followLog(
  world: World,
  ref: PodRef,
  onLine: (line: string) => void,
  signal: AbortSignal,
  { timestamps }: Pick<LogOptions, 'timestamps'> = {},
): Promise<void> {
  const { subject, process } = await containerOf(world, ref, signal)
  if (!process) throw notStarted(subject, ref, false)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let ended = false
  const end = () => {
    ended = true
    world.clock.stir()
    resolve()
  }
  const unfollow = process.log.follow((text, epochMs) => {
    if (ended) return
    world.clock.stir()
    try {
      onLine(timed(text, epochMs, timestamps))
    } catch (error) {
      ended = true
      reject(error)
    }
  }, end)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  await promise.finally(() => {
    unfollow()
    signal.removeEventListener('abort', end)
  })
}

function timed(text: string, epochMs: number, timestamps = false): string {
  return timestamps ? `${new Date(epochMs).toISOString()} ${text}` : text
}

interface Found {
  subject: string
  uid: string
  process: Process | undefined
}

/** The newest incarnation of a container, by way of its kubelet. */
async function containerOf(world: World, ref: PodRef, signal?: AbortSignal): Promise<Found> {
  const { namespace, name, container } = ref
  const subject = `Pod/${namespace}/${name}`
  const pod = world.store.get('Pod', name, namespace)
  if (!pod) throw notFound({ apiVersion: 'v1', kind: 'Pod', namespace, name }, 'Pod', name)
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  if (!all.some((one) => one.name === container)) {
    throw badRequest(subject, `container ${container} is not valid for pod ${name}`)
  }
  const { nodeName } = pod.spec ?? {}
  if (nodeName === undefined) throw badRequest(subject, `pod ${name} does not have a host assigned`)
  await reachKubelet(world, subject, nodeName, signal)
  const uid = pod.metadata?.uid ?? ''
  return { subject, uid, process: world.runtime.newest(uid, container) }
}

function notStarted(subject: string, { name, container }: PodRef, previous: boolean) {
  const quoted = `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)}`
  return badRequest(
    subject,
    previous ? `previous terminated ${quoted} not found` : `${quoted} is waiting to start: ContainerCreating`,
  )
}
