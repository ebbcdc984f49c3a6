import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Result, resultSchema } from '../harness/model/result.ts'
import { fuzz } from '../harness/model/testing.ts'
import { arbitraryOf } from './fixtures/arbitrary.ts'
import { payloads } from './fixtures/hostile.ts'
import { control, crowded, failedRun, mixed, passed, stops } from './fixtures.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'

// Every field of the schema, with anything that a pod can be named, log, or be annotated with.
const kinds = [
  'pod-phase',
  'container-running',
  'endpoint-ready',
  'event',
  'node-ready',
  'replicas',
  'steady',
  'step',
  'log',
]
const texts = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...payloads) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...kinds, 'Pod/shop/web-1/app', 'Pod/shop/web-1', '2026-11-22T03:00:00Z'),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...payloads), fc.string({ unit: 'binary' }))
      .map((all) => all.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
)
const results: fc.Arbitrary<Result> = arbitraryOf(resultSchema, texts)
/** A whole result has hundreds of texts: a tenth of the cases that others have. */
const share = 0.1

/** A tag with the names of its attributes, as `a href`. */
function tags(page: string): string[] {
  return (page.match(/<[^>]*>?/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, '').replace(/\s+/g, ' '))
}

const known = new Set(
  [mixed, control, failedRun, crowded, passed, stops].flatMap((result) => tags(renderHtml(result))),
)
const names = new Set([...known].map((tag) => tag.replace(/^<\/?([a-z0-9!]+).*$/is, '$1')))
const attributes = new Set([...known].flatMap((tag) => tag.replace(/[<>/]/g, '').split(' ').slice(1)))

/** What stands in a page and is not of the page's own making. */
function foreign(page: string): string[] {
  return tags(page).filter((tag) => {
    const [, name = '', more = '', end] = /^<\/?([a-z0-9!]+)([^>]*)(>?)$/is.exec(tag) ?? []
    const own = more.replace(/\/$/, '').split(' ').filter(Boolean)
    return !end || !names.has(name) || own.some((attribute) => !attributes.has(attribute))
  })
}

test('a random result is a result', () => {
  fuzz(
    fc.property(results, (result) => {
      expect(resultSchema.safeParse(result).error).toBeUndefined()
    }),
    share,
  )
})

test('no text of any field becomes markup of the page', () => {
  fuzz(
    fc.property(results, (result) => {
      const page = renderHtml(result)
      expect(foreign(page)).toEqual([])
      expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
      expect(page.replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u)
      expect(page.isWellFormed()).toBe(true)
      for (const [, link = ''] of page.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        expect(link).toMatch(/^(#[\w-]+|\.\/[^:]*|data:image\/svg\+xml,[^"]*)$/)
      }
    }),
    share,
  )
})

test('nor of the summary', () => {
  fuzz(
    fc.property(results, (result) => {
      const text = renderMarkdown(result)
      expect(text.replace(/<\/?code>/g, '')).not.toMatch(/[<`[\]]|:\/\/|@\w|#\d+(?!;|\d)|www\./)
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
      for (const line of text.split('\n')) {
        expect(line).toMatch(/^(#{2,3} |> \*\*|\*\*|\| | {0,2}- |$|[^\s#>|*+=-])/u)
      }
    }),
    share,
  )
})

test('nor of the test report', () => {
  fuzz(
    fc.property(results, (result) => {
      const xml = renderJunit(result)
      const open: string[] = []
      const rest = xml
        .replace('<?xml version="1.0" encoding="UTF-8"?>', '')
        .replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, (_, close, name, _attributes, empty) => {
          if (close) expect(open.pop()).toBe(name)
          else if (!empty) open.push(name)
          expect([
            'testsuites',
            'testsuite',
            'properties',
            'property',
            'testcase',
            'failure',
            'error',
            'skipped',
          ]).toContain(name)
          return ''
        })
      expect(open).toEqual([])
      expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#\d+;)/)
      // https://www.w3.org/TR/xml/#charsets
      expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
    }),
    share,
  )
})
