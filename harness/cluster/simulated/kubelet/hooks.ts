import type { PodObject } from '../../kube.ts'
import type { ProbeQuestion, Process, World } from '../world.ts'
import type { Time } from './node-time.ts'
import { type ContainerSpec, type HookSpec, type ProbeSpec, portOf } from './spec.ts'

/** A hook has no time limit of its own: what ends it is the container's end or the grace period. */
const longestMs = 3_600_000

/** What a probe asks, with its port's number; undefined where the container has no such port. */
export function questionOf(container: ContainerSpec, probe: ProbeSpec): ProbeQuestion | undefined {
  const { exec, grpc, httpGet, tcpSocket } = probe
  if (exec) return { way: 'exec', command: exec.command ?? [] }
  const port = grpc?.port ?? portOf(container, httpGet?.port ?? tcpSocket?.port ?? '')
  if (port === undefined) return undefined
  if (grpc) return { way: 'grpc', port }
  if (tcpSocket) return { way: 'tcp', port }
  return httpGet && httpQuestion(httpGet, port, 'kube-probe/1.34')
}

function httpQuestion(
  { path = '/', scheme, httpHeaders = [] }: NonNullable<ProbeSpec['httpGet']>,
  port: number,
  userAgent: string,
): ProbeQuestion {
  const own = httpHeaders.map(({ name, value }) => [name.toLowerCase(), value] as const)
  const headers = { 'user-agent': userAgent, accept: '*/*', ...Object.fromEntries(own) }
  return { way: 'http', port, path, headers, scheme: scheme === 'HTTPS' ? 'HTTPS' : 'HTTP' }
}

export interface HookRun {
  world: World
  time: Time
  pod: PodObject
  container: ContainerSpec
  process: Process
}

/**
 * Runs a postStart or preStop hook, and calls back with whether it succeeded. Any answer to a request is a success.
 * kubernetes/pkg/kubelet/lifecycle/handlers.go
 */
export function runHook(
  { world, time, container, process }: HookRun,
  { exec, httpGet, sleep }: HookSpec,
  done: (succeeded: boolean) => void,
): void {
  if (exec) process.exec(exec.command ?? [], ({ exitCode }) => done(exitCode === 0))
  else if (sleep) time.after((sleep.seconds ?? 0) * 1_000, () => done(true))
  else {
    const port = httpGet && portOf(container, httpGet.port)
    if (!httpGet || port === undefined) {
      done(false)
      return
    }
    const question = httpQuestion(httpGet, port, 'kube-lifecycle/1.34')
    const isAnswer = (message: string) => message.startsWith('HTTP probe failed with statuscode')
    world.network.probe(process, question, longestMs, (outcome) =>
      done(outcome.result === 'success' || isAnswer(outcome.message)),
    )
  }
}
