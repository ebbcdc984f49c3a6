/** What a run does when it is asked to end, once, twice, and a third time. */
export interface OnInterrupt {
  /** Stop, undo, keep the evidence, write the report as far as it got. */
  stop(signal: NodeJS.Signals): void
  /** Undo, and nothing else. */
  hurry(): void
  /** Leave at once. */
  leave(): void
}

/** A listener that knows whether it has heard anything. */
export interface Interrupts extends Disposable {
  readonly heard: boolean
}

/** SIGHUP comes when the terminal is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * npm hands a signal on that the terminal has given to its whole process group already, so that one Ctrl-C comes twice.
 * https://github.com/npm/run-script/blob/main/lib/signal-manager.js
 */
const sameWithinMs = 300

/**
 * Listens for the signals that end a run, and keeps everybody else from it: Vitest's own listeners end the process at
 * once, and with it what must still be undone.
 */
export function listenForInterrupts(
  on: OnInterrupt,
  source: NodeJS.EventEmitter = process,
  now = () => performance.now(),
): Interrupts {
  let times = 0
  let lastMs = Number.NEGATIVE_INFINITY
  const interrupt = (signal: NodeJS.Signals) => {
    const isSame = now() - lastMs < sameWithinMs
    lastMs = now()
    if (isSame) return
    times += 1
    if (times === 1) on.stop(signal)
    else if (times === 2) on.hurry()
    else on.leave()
  }
  const keepOut = (name: string | symbol, listener: (...args: unknown[]) => void) => {
    const isOthers = signals.some((signal) => signal === name) && listener !== interrupt
    // It is told of before it listens, and no signal comes in between.
    if (isOthers) queueMicrotask(() => source.off(name, listener))
  }
  for (const signal of signals) source.removeAllListeners(signal).on(signal, interrupt)
  source.on('newListener', keepOut)
  return {
    get heard() {
      return times > 0
    },
    [Symbol.dispose]() {
      source.off('newListener', keepOut)
      for (const signal of signals) source.off(signal, interrupt)
    },
  }
}

/** A terminal that was closed, or a reader of a pipe that has gone, is no reason to leave a cluster behind. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
