import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveTiming, timingOfVersion } from './cluster-timing.ts'
import { type Duration, formatMs, toMs } from './duration.ts'
import { selects } from './label-selector.ts'
import { fuzz, mangled } from './testing.ts'
import { visible } from './visible.ts'

test('a duration is a length of time, or a TypeError in one sentence', () => {
  fuzz(
    fc.property(fc.oneof(mangled('500ms', '1.5s', '30m', '2h'), fc.double()), (given) => {
      try {
        const ms = toMs(given as Duration)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(ms)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        expect(String(error)).toContain('is not a duration')
      }
    }),
  )
})

test('milliseconds come through a duration the same, and are told in words', () => {
  fuzz(
    fc.property(fc.nat(2 ** 31 - 1), (ms) => {
      expect(toMs(`${ms}ms`)).toBe(ms)
      expect(formatMs(ms)).toMatch(/^\d[\d.]*( ms| s| min \d\d s)$/)
    }),
  )
})

test('a version has its timing, or is refused', () => {
  fuzz(
    fc.property(mangled('1.34', 'v1.34.4', '1.30.0-rc.1+k3s1'), (version) => {
      try {
        for (const ms of Object.values(resolveTiming(timingOfVersion(version)))) expect(ms).toBeGreaterThan(0)
      } catch (error) {
        expect(String(error)).toContain('is not a version of Kubernetes')
      }
    }),
  )
})

test('a selector of its own labels matches, and one of labels that are not there does not', () => {
  const key = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString'))
  fuzz(
    fc.property(fc.array(fc.tuple(key, fc.string())), key, (pairs, other) => {
      const labels: Record<string, string> = Object.assign(Object.create(null), Object.fromEntries(pairs))
      expect(selects({ matchLabels: labels }, labels)).toBe(true)
      const isThere = Object.hasOwn(labels, other)
      expect(selects({ matchExpressions: [{ key: other, operator: 'Exists' }] }, { ...labels })).toBe(isThere)
      expect(selects({ matchExpressions: [{ key: other, operator: 'DoesNotExist' }] }, { ...labels })).toBe(
        !isThere,
      )
    }),
  )
})

test('nothing that acts on a terminal stays, and what is visible stays visible', () => {
  fuzz(
    fc.property(mangled('\u001b[31mred\u001b[0m', 'a\tb\r\nc', '\u202eevil'), (text) => {
      const shown = visible(text)
      expect(shown.replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
      expect(shown.isWellFormed()).toBe(true)
      expect(visible(shown)).toBe(shown)
    }),
  )
})
