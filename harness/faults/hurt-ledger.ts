import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../cluster/clock.ts'
import { withFileLock } from '../cluster/file-lock.ts'
import { makeFolder } from '../cluster/make-folder.ts'
import { readOwn } from '../cluster/read-own.ts'
import { writeWhole } from '../cluster/write-whole.ts'
import { counted } from '../model/counted.ts'
import { NotCapableError, UsageError } from '../model/errors.ts'
import type { HurtCount } from '../workload/stage.ts'
import { HurtPods } from './hurt-pods.ts'

const counts = z.record(z.string(), z.number().int())
const lookEveryMs = 500
const waitsMs = 120_000

export interface HurtLedgerOptions {
  /** A folder that the run's scenarios share. */
  folder: string
  /** So many pods at once, of all of them together: each until its fault is reverted, or until its scenario is over. */
  atMost: number
  scenario: string
  clock: Pick<Clock, 'sleep'>
}

/** Where a run's scenarios count together: in the run's own folder, where it is found by whoever looks after a crash. */
export function hurtFolderOf(runFolder: string): string {
  return join(runFolder, '.hurt')
}

/** What one scenario hurts now, in a file that those of all scenarios of the run are counted in. */
export class HurtLedger implements HurtCount {
  private readonly options: HurtLedgerOptions
  private readonly hurt = new HurtPods()

  constructor(options: HurtLedgerOptions) {
    this.options = options
  }

  /**
   * Waits until so many more pods may be hurt, and counts them; a pod that this scenario hurts already is counted once.
   *
   * @param what as `killPod`, for the message
   * @throws UsageError where the scenario alone would hurt more than are allowed; NotCapableError where the others of the
   *   run leave no room for two minutes.
   */
  async take(what: string, pods: string[], signal: AbortSignal): Promise<void> {
    const { atMost, clock } = this.options
    const own = this.hurt.countWith(pods)
    if (own > atMost) {
      throw new UsageError(
        `${what}: would make it ${counted(own, 'pod')} that this scenario hurts at once, and ${atMost} may be hurt`,
        { remedy: `Say --at-most-hurt ${own} to allow it.` },
      )
    }
    let others = 0
    const takeNow = (of: number) => {
      others = of
      if (others + own > atMost) return false
      this.hurt.add(pods)
      return true
    }
    for (let left = waitsMs; !(await this.write(takeNow)); left -= lookEveryMs) {
      if (left <= 0) {
        throw new NotCapableError(
          `${what}: the other scenarios hurt ${counted(others, 'pod')} for two minutes, and ${atMost} may be hurt at once: --at-most-hurt ${others + own} would leave room`,
        )
      }
      await clock.sleep(lookEveryMs, signal)
    }
  }

  /** They are hurt no more by this fault. */
  async give(pods: string[]): Promise<void> {
    this.hurt.remove(pods)
    await this.write(() => true)
  }

  async close(): Promise<void> {
    this.hurt.clear()
    await this.write(() => true)
  }

  private async write(act: (others: number) => boolean): Promise<boolean> {
    const { folder, scenario } = this.options
    const path = join(folder, 'hurt.json')
    await makeFolder(folder)
    return withFileLock(join(folder, 'hurt.lock'), async () => {
      const { [scenario]: _, ...others } = await read(path)
      const sum = Object.values(others).reduce((a, b) => a + b, 0)
      const done = act(sum)
      await writeWhole(path, JSON.stringify({ ...others, [scenario]: this.hurt.count }))
      return done
    })
  }
}

async function read(path: string): Promise<Record<string, number>> {
  try {
    return counts.parse(JSON.parse(await readOwn(path)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
