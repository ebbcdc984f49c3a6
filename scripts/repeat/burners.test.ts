import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { startBurner, whileBusy } from './burners.ts'

/** Stands for a burner that ends as soon as it is let go of. */
function fakeBurner(steps: string[]): ChildProcess {
  const burner = new EventEmitter() as ChildProcess
  return Object.assign(burner, {
    ...{ pid: 1, exitCode: null, signalCode: null, connected: true },
    disconnect() {
      steps.push('burner ended')
      queueMicrotask(() => burner.emit('exit', 0))
    },
  })
}

test('burners go on as long as the work does', async () => {
  const steps: string[] = []
  const given = await whileBusy([fakeBurner(steps)], async () => {
    await new Promise(setImmediate)
    steps.push('work done')
    return 7
  })
  expect(given).toBe(7)
  expect(steps).toEqual(['work done', 'burner ended'])
})

test('burners go with work that fails', async () => {
  const steps: string[] = []
  const failing = whileBusy([fakeBurner(steps)], () => Promise.reject(new Error('no cluster')))
  await expect(failing).rejects.toThrow('no cluster')
  expect(steps).toEqual(['burner ended'])
})

test('a real one is there, and gone once it is let go of', async () => {
  const burner = startBurner(60_000)
  await whileBusy([burner], async () => expect(burner.exitCode).toBeNull())
  expect(burner.exitCode).toBe(0)
})

test('one that has ended by itself is not waited for', async () => {
  const burner = Object.assign(fakeBurner([]), { exitCode: 0, connected: false })
  expect(await whileBusy([burner], async () => 'done')).toBe('done')
})
