import type { Machine, ProbeQuestion } from '../world.ts'

/** A probe that goes over the network. */
export interface Asked {
  question: Exclude<ProbeQuestion, { way: 'exec' }>
  ip: string
  machine: Machine
  timeoutMs: number
  ownPort(): number
}

/** What the kubelet says of probes that failed, in Go's words: kubernetes/pkg/probe/{http,tcp,grpc,exec}. */
export const words = {
  status: (status: number) => `HTTP probe failed with statuscode: ${status}`,

  redirect: 'Probe terminated redirects',

  refused: (asked: Asked) => `${getting(asked)}dial tcp ${addressOf(asked)}: connect: connection refused`,

  reset(asked: Asked): string {
    const own = `${asked.machine.podPrefix}.1:${asked.ownPort()}`
    return `${getting(asked)}read tcp ${own}->${addressOf(asked)}: read: connection reset by peer`
  },

  timeout(asked: Asked): string {
    const { question, timeoutMs } = asked
    if (question.way === 'grpc') {
      const to = `failed to connect service "${addressOf(asked)}" within ${timeoutMs / 1_000}s`
      return `timeout: ${to}: context deadline exceeded`
    }
    if (question.way === 'tcp') return `dial tcp ${addressOf(asked)}: i/o timeout`
    return `${getting(asked)}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
  },

  noTls: (asked: Asked) => `${getting(asked)}http: server gave HTTP response to HTTPS client`,

  malformed: (asked: Asked) =>
    `${getting(asked)}net/http: HTTP/1.x transport connection broken: malformed HTTP response`,

  commandTimeout: (command: readonly string[], timeoutMs: number) =>
    `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1_000}s`,
}

function getting(asked: Asked): string {
  const { question } = asked
  if (question.way !== 'http') return ''
  return `Get "${question.scheme.toLowerCase()}://${addressOf(asked)}${question.path}": `
}

function addressOf({ ip, question }: Asked): string {
  return `${ip}:${question.port}`
}
