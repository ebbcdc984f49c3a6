import type { JournalLine, Machine } from '../world.ts'

const keptMs = 3_600_000
const keptLines = 10_000
/** Lines are dropped so many at once, for that moves the others. */
const atOnce = 500

/** Go's names of signals, as containerd writes them. */
const goNames: Record<string, string> = {
  ...{ SIGTERM: 'terminated', SIGQUIT: 'quit', SIGINT: 'interrupt', SIGHUP: 'hangup', SIGKILL: 'killed' },
  ...{ SIGUSR1: 'user defined signal 1', SIGUSR2: 'user defined signal 2', SIGWINCH: 'window changed' },
}

/** What containerd 1.7 writes of a container's end: containerd/pkg/cri/server/container_stop.go, events.go. */
export class Journal {
  private readonly lines: JournalLine[]

  constructor(machine: Machine) {
    this.lines = machine.journal
  }

  stops(epochMs: number, id: string, signal: string): void {
    this.write(epochMs, `Stop container \\"${id}\\" with signal ${goNames[signal] ?? signal}`)
  }

  kills(epochMs: number, id: string): void {
    this.write(epochMs, `Kill container \\"${id}\\"`)
  }

  exited(epochMs: number, id: string, exitCode: number): void {
    const nanos = nanosOf(epochMs)
    // Protobuf's text leaves a zero out.
    const at = `seconds:${Math.floor(epochMs / 1_000)}${nanos === 0 ? '' : `  nanos:${nanos}`}`
    const of = `container_id:\\"${id}\\"  id:\\"${id}\\"${exitCode === 0 ? '' : `  exit_status:${exitCode}`}`
    this.write(epochMs, `received exit event ${of}  exited_at:{${at}}`)
  }

  private write(epochMs: number, msg: string): void {
    const time = new Date(Math.floor(epochMs / 1_000) * 1_000).toISOString().slice(0, 19)
    const nanos = String(nanosOf(epochMs)).padStart(9, '0')
    this.lines.push({ epochMs, text: `time="${time}.${nanos}Z" level=info msg="${msg}"` })
    const tooMany = this.lines.length > keptLines + atOnce ? this.lines.length - keptLines : 0
    const isOld = (this.lines[atOnce]?.epochMs ?? epochMs) < epochMs - keptMs
    if (tooMany > 0 || isOld) this.lines.splice(0, Math.max(tooMany, isOld ? atOnce : 0))
  }
}

function nanosOf(epochMs: number): number {
  return Math.floor((epochMs - Math.floor(epochMs / 1_000) * 1_000) * 1e6)
}
