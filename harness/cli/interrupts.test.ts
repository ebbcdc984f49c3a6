import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { listenForInterrupts } from './interrupts.ts'

function listening() {
  const source = new EventEmitter()
  const done: string[] = []
  let nowMs = 0
  const on = {
    stop: (signal: NodeJS.Signals) => void done.push(`stop by ${signal}`),
    hurry: () => void done.push('hurry'),
    leave: () => void done.push('leave'),
  }
  const listener = listenForInterrupts(on, source, () => nowMs)
  const after = (ms: number, signal: NodeJS.Signals) => {
    nowMs += ms
    source.emit(signal, signal)
  }
  return { source, done, after, listener }
}

test('once stops, twice undoes only, the third time leaves, by whatever signals', () => {
  const { done, after } = listening()
  after(0, 'SIGHUP')
  after(1_000, 'SIGTERM')
  after(1_000, 'SIGINT')
  expect(done).toEqual(['stop by SIGHUP', 'hurry', 'leave'])
})

test('one Ctrl-C that npm hands on a second time is one', () => {
  const { done, after } = listening()
  after(0, 'SIGINT')
  after(2, 'SIGINT')
  expect(done).toEqual(['stop by SIGINT'])
  after(500, 'SIGINT')
  after(2, 'SIGINT')
  expect(done).toEqual(['stop by SIGINT', 'hurry'])
})

test('who else listens for a signal, before or later, does not hear it', async () => {
  const { source, done, after } = listening()
  const heard: string[] = []
  source.once('SIGINT', () => heard.push('once'))
  source.on('SIGTERM', () => heard.push('on'))
  source.on('SIGUSR2', () => heard.push('of no matter'))
  await Promise.resolve()
  after(0, 'SIGINT')
  after(1_000, 'SIGTERM')
  after(0, 'SIGUSR2')
  expect(heard).toEqual(['of no matter'])
  expect(done).toEqual(['stop by SIGINT', 'hurry'])
})

test('once it is over, a signal is what it was before', () => {
  const { source, done, after, listener } = listening()
  listener[Symbol.dispose]()
  after(0, 'SIGINT')
  expect(done).toEqual([])
  expect(source.eventNames()).toEqual([])
})
