import type { ScenarioResult } from '../model/result.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What the scenario came to; the reporter reads it. */
    rolypoly?: ScenarioResult
  }
}
