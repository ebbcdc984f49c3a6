import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { longestFirst, readDurations } from '../scenario/durations.ts'

/** Plays the files first that took longest the last time. Vitest's own order knows nothing of virtual time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), await readDurations())
  }
}
