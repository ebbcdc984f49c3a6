import { PassThrough } from 'node:stream'
import { Exec, type KubeConfig } from '@kubernetes/client-node'
import { formatMs } from '../model/duration.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { ExecResult, PodRef } from './kube.ts'

/**
 * Runs a command in a container and waits for its end.
 *
 * @throws EnvironmentError where it could not be run, its exit code was not told, or it took longer than `limitMs`.
 */
export async function execIn(
  config: KubeConfig,
  pod: PodRef,
  command: string[],
  limitMs: number,
): Promise<ExecResult> {
  const subject = `Pod/${pod.namespace}/${pod.name}/${pod.container}`
  const [stdout, stderr] = [collect(), collect()]
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const fail = (why: string) => reject(new EnvironmentError(`${subject}: exec ${why}`))
  const connecting = new Exec(config).exec(
    pod.namespace,
    pod.name,
    pod.container,
    command,
    stdout.stream,
    stderr.stream,
    null,
    false,
    ({ status, details, message }) => {
      if (status === 'Success') return resolve(0)
      const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
      if (code) resolve(Number(code))
      else fail(`failed: ${message ?? 'no reason given'}`)
    },
  )
  // A socket that cannot be opened tells of it with an event, not with an Error.
  const failBy = (error: unknown) => fail(`failed: ${(error as { message?: string }).message ?? error}`)
  connecting.then((socket) => {
    socket.on('close', () => fail('ended without telling its exit code'))
    socket.on('error', failBy)
  }, failBy)
  const timer = setTimeout(() => fail(`took longer than ${formatMs(limitMs)}`), limitMs)
  try {
    const exitCode = await promise
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode }
  } finally {
    clearTimeout(timer)
    connecting.then(
      (socket) => socket.close(),
      () => undefined,
    )
  }
}

function collect(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
