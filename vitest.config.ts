import { RolypolyReporter, scenarioProjects } from '@rolypoly/harness/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', new RolypolyReporter()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{harness,charts,reports,bench,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'reports/runs/**', '**/*.browser.test.ts'],
          // Some start processes, which take their time on a busy machine; none asserts how long.
          testTimeout: 30_000,
        },
      },
      { test: { name: 'browser', include: ['reports/**/*.browser.test.ts'] } },
      ...scenarioProjects(),
    ],
  },
})
