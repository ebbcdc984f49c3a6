import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import { fuzz, mangled } from '../../model/testing.ts'
import { parseImages, parseInfo } from './docker.ts'
import { isSameImage, parseReference, versionOfTag } from './image-reference.ts'

const references = [
  'kindest/node:v1.34.4',
  'registry.example:5000/team/app@sha256:00ff',
  'docker.io/library/nginx',
]

test('a reference is taken apart, whatever it is, and is itself', () => {
  fuzz(
    fc.property(mangled(...references), (text) => {
      const { repository, tag, digest } = parseReference(text)
      expect(typeof repository).toBe('string')
      expect(tag ?? digest).toBeDefined()
      expect(isSameImage(text, text)).toBe(true)
      const version = versionOfTag(tag)
      if (version) expect(Number.isInteger(version.minor) || version.minor === Infinity).toBe(true)
    }),
  )
})

test('a reference that is put together comes apart the same', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/)
  fuzz(
    fc.property(word, word, word, (host, name, tag) => {
      const repository = `${host}.example:5000/${name}`
      expect(parseReference(`${repository}:${tag}`)).toEqual({ repository, tag })
    }),
  )
})

test('what docker prints of its images is read, and what is no such line is left out', () => {
  const line = '"kindest/node" "v1.34.4" "sha256:00ff" "1a2b3c"'
  expect(parseImages(`${line}\n"a" "\\x" "b" "c"`)).toHaveLength(2)
  fuzz(
    fc.property(mangled(line, '"kindest/node" "<none>" "<none>" "1a2b"'), (text) => {
      for (const { reference, id } of parseImages(text))
        expect([typeof reference, typeof id]).toEqual(['string', 'string'])
    }),
  )
})

test('what docker prints of itself is read, or told as what it is not', () => {
  fuzz(
    fc.property(mangled('{"cgroupVersion":"2","serverVersion":"28.0"}', 'null', '[]'), (text) => {
      try {
        expect([1, 2]).toContain(parseInfo(text).cgroupVersion)
      } catch (error) {
        expect(error).toBeInstanceOf(EnvironmentError)
      }
    }),
  )
})
