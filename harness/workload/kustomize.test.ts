import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import { kustomize } from './kustomize.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-kustomize-'))
const shop = join(folder, 'shop')
mkdirSync(shop)
writeFileSync(join(shop, 'kustomization.yaml'), 'resources: []\n')
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

let count = 0
/** A PATH on which there are only these programs, by their shell scripts. */
function only(programs: Record<string, string>): void {
  const bin = join(folder, String(count++))
  mkdirSync(bin)
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  vi.stubEnv('PATH', bin)
}

function refusal(path: string): UsageError | EnvironmentError {
  try {
    kustomize(path)
  } catch (error) {
    if (error instanceof UsageError || error instanceof EnvironmentError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const printed = (name: string) => `echo "{apiVersion: v1, kind: Pod, metadata: {name: ${name}-$1-$2}}"`

test('a kustomization is what kustomize builds of it, or else kubectl', () => {
  only({ kustomize: printed('a'), kubectl: printed('b') })
  expect(kustomize(shop)).toEqual({
    ...{ name: 'shop', images: [] },
    objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `a-build-${shop}` } }],
  })
  only({ kubectl: printed('b') })
  const options = { name: 'other', images: { 'shop:dev': './shop' } }
  expect(kustomize(shop, options)).toMatchObject({
    ...{ name: 'other', images: [{ name: 'shop:dev', context: './shop' }] },
    objects: [{ metadata: { name: `b-kustomize-${shop}` } }],
  })
})

test('one that cannot be built is refused, in the builder`s words', () => {
  only({ kubectl: 'echo "no such resource" >&2; exit 1' })
  const refused = refusal(shop)
  expect(refused).toBeInstanceOf(UsageError)
  expect(refused.message).toMatch(/: kubectl cannot build it$/)
  expect(refused).toMatchObject({ evidence: expect.stringContaining('no such resource') })
  expect(refused.remedy).toContain(`kubectl kustomize ${shop}`)
})

test('so is a folder without one, and one that builds nothing', () => {
  expect(refusal(folder).message).toMatch(/: holds no kustomization, for it has no kustomization\.yaml/)
  only({ kubectl: 'true' })
  expect(refusal(shop).message).toMatch(/: builds no Kubernetes object$/)
})

test('nor is there a way without either program', () => {
  only({})
  const refused = refusal(shop)
  expect(refused).toBeInstanceOf(EnvironmentError)
  expect(refused.message).toMatch(/neither kustomize nor kubectl is on the PATH$/)
})
