import type { Clock } from '../cluster/clock.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { Recording } from '../timeline/recording.ts'
import type { Pod } from '../workload/workload.ts'
import { type Act, type Fault, noLongerInPlace } from './fault.ts'
import { freezer, thaw } from './freeze-scripts.ts'
import { runningContainer } from './kill-container.ts'
import { orReverted } from './or-reverted.ts'

export interface FreezeContainerOptions {
  /** Which container; needed where the pod has several. */
  container?: string
}

const frozenWithinMs = 20_000
const thawsWithinMs = 20_000

/**
 * Freezes a container as an app that hangs is: SIGSTOP stops each of its processes where it is. The kernel goes on taking
 * connections to its ports, and nobody answers them. A command that is run in it runs all the same. SIGTERM waits until
 * it goes on, and SIGKILL ends it: so the kubelet's kill takes the whole grace period. The revert lets it go on; it does
 * so by itself when the harness dies, and a container that is started anew is not frozen.
 *
 * Not by the runtime's own pause: a command is then no more run in it, and its probe not judged at all.
 */
export function freezeContainer(pod: Pod, options: FreezeContainerOptions = {}): Fault {
  const container = pod.container(options.container)
  const target = `${pod.subject}/${container}`
  const effectAfter = (ranForMs: number): FaultEffect => ({
    ...{ does: 'freeze', podUid: pod.uid, container, ranForMs },
  })
  return {
    ...{ kind: 'freezeContainer', target, lasting: true, receiptWithinMs: 1_000 },
    ...{ effect: effectAfter(0), requires: ['container.freeze'] },
    async inject({ cluster, recording }): Promise<Act> {
      const { nodes, clock } = cluster
      const running = runningContainer(recording.timeline, pod, container)
      if (!running) throw new EnvironmentError(`${target}: is not running, so it cannot be frozen`)
      const id = running.detail.containerID
      const task = id.slice(id.indexOf('://') + 3)
      const keeper = new Keeper(target, recording)
      const command = ['bash', '-c', freezer, 'freezer', task]
      const followed = nodes.follow(pod.nodeName, command, (line) => keeper.read(line), keeper.signal)
      followed.then(
        () => keeper.ended(),
        (error: unknown) => keeper.ended(error instanceof Error ? error.message : String(error)),
      )
      const revert = async () => {
        keeper.dismiss()
        await followed.catch(() => undefined)
        // The keeper may have ended without a word.
        await nodes.exec(pod.nodeName, ['bash', '-c', thaw, 'thaw', task], { timeoutMs: thawsWithinMs })
      }
      const stopped = await orReverted(revert, () => keeper.frozen(clock))
      const evidence = `${stopped} of container ${task.slice(0, 12)} stopped (State: T)`
      const receipt = stopped && { atMs: recording.now(), observedBy: "the node's kernel", evidence }
      const effect = effectAfter(Math.max(0, recording.now() - running.fromMs))
      return { receipt: () => receipt || undefined, revert, effect }
    },
  }
}

/** What keeps a container frozen: a process on its node. Its end before that of the container is a gap: the fault is gone. */
class Keeper {
  private readonly target: string
  private readonly recording: Recording
  private readonly following = new AbortController()
  private readonly stopping = Promise.withResolvers<string>()
  private lastLine: string | undefined
  private state: 'stopping' | 'kept' | 'over' = 'stopping'

  constructor(target: string, recording: Recording) {
    this.target = target
    this.recording = recording
    this.stopping.promise.catch(() => undefined)
  }

  get signal(): AbortSignal {
    return this.following.signal
  }

  read(line: string): void {
    const [, count] = /^stopped (\d+)$/.exec(line) ?? []
    if (count !== undefined && this.state === 'stopping') {
      this.state = 'kept'
      this.stopping.resolve(count === '1' ? 'the one process' : `all ${count} processes`)
    }
    if (line === 'gone') this.state = 'over'
    this.lastLine = line
  }

  /** How many processes it has stopped, as words; undefined where it does not say so in time. */
  frozen(clock: Clock): Promise<string | undefined> {
    const late = clock.sleep(frozenWithinMs, this.signal).then(
      () => undefined,
      () => undefined,
    )
    return Promise.race([this.stopping.promise, late])
  }

  ended(why = 'what kept it frozen ended'): void {
    if (this.state === 'stopping') {
      this.stopping.reject(new EnvironmentError(`${this.target}: ${this.lastLine ?? why}`))
    }
    if (this.state === 'kept') noLongerInPlace(this.recording, `${this.target}: ${why}`)
    this.state = 'over'
  }

  dismiss(): void {
    this.state = 'over'
    this.following.abort()
  }
}
