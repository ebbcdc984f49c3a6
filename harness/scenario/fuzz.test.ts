import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz, mangled } from '../model/testing.ts'
import { idOf, stemOf } from './scenario-id.ts'
import { goDuration } from './settings.ts'

test('a duration of Go’s is milliseconds, or none', () => {
  fuzz(
    fc.property(mangled('1m30s', '2h0.5s', '10ms'), (text) => {
      const ms = goDuration(text)
      if (ms !== undefined) expect(Number.isFinite(ms) && ms >= 0).toBe(true)
    }),
  )
  fuzz(
    fc.property(fc.nat(99), fc.nat(59), (hours, seconds) => {
      expect(goDuration(`${hours}h${seconds}s`)).toBe((hours * 3_600 + seconds) * 1_000)
    }),
  )
})

test('a scenario’s id is a file’s name and a part of a URL, whatever its title', () => {
  fuzz(
    fc.property(
      mangled('scenarios/a.exclusive.scenario.ts', '../../etc/passwd'),
      fc.string({ unit: 'binary' }),
      (file, title) => {
        expect(idOf(file, title)).toMatch(/^[a-z0-9-]{6,100}$/)
        expect(stemOf(file)).toMatch(/^[a-z0-9-]*$/)
      },
    ),
  )
})

test('two titles have two ids', () => {
  fuzz(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(idOf('a', one) === idOf('a', other)).toBe(one === other)
    }),
  )
})
