import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { UsageError } from '../harness/model/errors.ts'
import { command, wholeNumber } from './command.ts'

describe('the end of a script', () => {
  const before = process.exitCode

  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })

  afterEach(() => {
    process.exitCode = before
    vi.restoreAllMocks()
  })

  test('its exit status is what its work gives', async () => {
    await command('matrix', async () => 1)
    expect(process.exitCode).toBe(1)
  })

  test('what is thrown is told in one sentence, and the exit status is 2', async () => {
    await command('matrix', async () => {
      throw new UsageError('nowhere does not exist')
    })
    expect(process.exitCode).toBe(2)
    expect(console.error).toHaveBeenCalledExactlyOnceWith('matrix: nowhere does not exist')
  })
})

test('a whole number from 1 on is read', () => {
  expect(wholeNumber('times', '30')).toBe(30)
})

test.each([
  [undefined, '--times is missing: a whole number from 1 on is expected'],
  ['0', '--times is "0": a whole number from 1 on is expected'],
  ['-3', '--times is "-3": a whole number from 1 on is expected'],
  ['2.5', '--times is "2.5": a whole number from 1 on is expected'],
  ['', '--times is "": a whole number from 1 on is expected'],
  ['1e3', '--times is "1e3": a whole number from 1 on is expected'],
])('%j is refused', (text, message) => {
  expect(() => wholeNumber('times', text)).toThrow(new UsageError(message))
})
