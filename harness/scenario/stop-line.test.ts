import { expect, test } from 'vitest'
import { InterruptedError } from '../model/errors.ts'
import { listenForStop, openStopLine } from './stop-line.ts'

const aborted = (signal: AbortSignal) =>
  signal.aborted ? undefined : new Promise((resolve) => signal.addEventListener('abort', resolve))

test('a stop is heard with its reason, and a hurry after it', async () => {
  const line = await openStopLine()
  const { stop, hurry } = listenForStop(line.path)
  line.stop('interrupted by "SIGINT"\nhere')
  line.stop('asked again')
  await aborted(stop)
  expect(stop.reason).toBeInstanceOf(InterruptedError)
  expect(stop.reason.message).toBe('interrupted by "SIGINT"\nhere')
  expect(hurry.aborted).toBe(false)
  line.hurry()
  await aborted(hurry)
  await line.close()
})

test('who listens later hears all that was said', async () => {
  const line = await openStopLine()
  line.stop('interrupted')
  line.hurry()
  const { stop, hurry } = listenForStop(line.path)
  await aborted(hurry)
  expect(stop.reason.message).toBe('interrupted')
  await line.close()
})

test('a line that breaks is a stop, and nobody is left to read a report', async () => {
  const line = await openStopLine()
  const { stop, hurry } = listenForStop(line.path)
  await line.close()
  await aborted(hurry)
  expect(stop.reason.message).toContain('has ended before')
})

test('the scenarios of a worker share its end of the line', async () => {
  const line = await openStopLine()
  expect(listenForStop(line.path)).toBe(listenForStop(line.path))
  await line.close()
})

test.runIf(process.platform === 'linux')('it is no file that a killed run would leave', async () => {
  const line = await openStopLine()
  expect(line.path.startsWith('\0')).toBe(true)
  await line.close()
})
