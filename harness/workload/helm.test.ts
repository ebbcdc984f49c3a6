import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import { type HelmOptions, helm } from './helm.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-helm-'))
const chart = join(folder, 'shop')
mkdirSync(chart)
writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n')
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** A helm that prints this, and writes down what it was asked. */
function helmThat(prints: string, exitCode = 0): void {
  const path = join(folder, 'helm')
  writeFileSync(join(folder, 'output'), prints)
  const script = `printf '%s\\n' "$@" > '${folder}/args'; cat > '${folder}/stdin'; cat '${folder}/output'; exit ${exitCode}`
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  vi.stubEnv('HELM_BINARY', path)
}
const asked = (what: 'args' | 'stdin') => readFileSync(join(folder, what), 'utf8').trim()

function refusal(path: string, options?: HelmOptions): EnvironmentError | UsageError {
  try {
    helm(path, options)
  } catch (error) {
    if (error instanceof UsageError || error instanceof EnvironmentError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const pod = (name: string, annotations = '') =>
  `---\n# Source: shop/templates/${name}.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${annotations}`
const hooked = `  annotations:\n    helm.sh/hook: pre-install\n`

describe('a Helm chart', () => {
  test('is what helm makes of it with the values given, each over the one before it', () => {
    helmThat(pod('a') + pod('b'))
    const values = join(folder, 'small.yaml')
    writeFileSync(values, 'replicas: 1\n')
    const made = helm(chart, {
      values: { replicas: 2 },
      valuesFiles: [values],
      images: { 'shop:dev': './shop' },
    })
    expect(made).toEqual({
      name: 'shop',
      images: [{ name: 'shop:dev', context: './shop' }],
      objects: ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })),
    })
    expect(asked('args').split('\n')).toEqual([
      ...['template', 'shop', chart, '--skip-tests', '--values', values, '--values', '-'],
    ])
    expect(JSON.parse(asked('stdin'))).toEqual({ replicas: 2 })
  })

  test('names its release after the workload', () => {
    helmThat(pod('a'))
    expect(helm(chart, { name: 'other', traffic: false })).toMatchObject({ name: 'other', traffic: false })
    expect(asked('args').split('\n')[1]).toBe('other')
  })

  test('with hooks is refused, unless they are to be left out', () => {
    helmThat(pod('a') + pod('migrate', hooked))
    const { message, remedy } = refusal(chart)
    expect(message).toMatch(
      /: Pod migrate is a Helm hook \(pre-install\), and a scenario installs no release$/,
    )
    expect(remedy).toContain("hooks: 'leave out'")
    expect(helm(chart, { hooks: 'leave out' }).objects.map(({ metadata }) => metadata?.name)).toEqual(['a'])
  })
})

describe('is refused, with what is wrong', () => {
  test('a folder without a Chart.yaml', () => {
    expect(refusal(folder).message).toMatch(/: is no Helm chart, for it has no Chart\.yaml \(looked at \//)
  })

  test('a file of values that is not there', () => {
    expect(refusal(chart, { valuesFiles: ['/no/values.yaml'] }).message).toContain(
      ': there is no file of values /no/values.yaml',
    )
  })

  test('a chart that renders to nothing, or to what is no object', () => {
    helmThat('')
    expect(refusal(chart).message).toMatch(/: renders to no Kubernetes object with these values$/)
    helmThat(`${pod('a')}---\n# Source: shop/templates/b.yaml\nkind: Pod\n`)
    expect(refusal(chart).message).toMatch(/: shop\/templates\/b\.yaml: is not a Kubernetes object/)
  })

  test('a chart that helm cannot render, in its words', () => {
    helmThat('Error: nil pointer', 1)
    const refused = refusal(chart)
    expect(refused).toBeInstanceOf(UsageError)
    expect(refused).toMatchObject({ evidence: expect.stringContaining('Error: nil pointer') })
    expect(refused.remedy).toContain(`helm template shop ${chart}`)
  })

  test('no value that is called a password is in those, wherever Helm has it from', () => {
    const [values, own] = [join(folder, 'secret.yaml'), join(chart, 'values.yaml')]
    const sub = join(chart, 'charts', 'db')
    mkdirSync(sub, { recursive: true })
    writeFileSync(values, 'db:\n  password: hunter2-file\n')
    writeFileSync(own, 'api_key: hunter2-own\npin: {secret: 12345678}\n')
    writeFileSync(join(sub, 'values.yaml'), 'auth: {pwd: hunter2-sub}\n')
    helmThat('hunter2-given hunter2-file hunter2-own hunter2-sub 12345678 shop', 1)
    const refused = refusal(chart, { values: { token: 'hunter2-given' }, valuesFiles: [values] })
    rmSync(own)
    rmSync(join(chart, 'charts'), { recursive: true })
    const marks = ['token', 'db.password', 'api_key', 'auth.pwd', 'pin.secret']
    expect(refused.evidence).toContain(`${marks.map((path) => `[redacted: value ${path}]`).join(' ')} shop`)
    expect(JSON.stringify([refused.message, refused.evidence, refused.remedy])).not.toMatch(/hunter|1234/)
  })

  test('helm itself missing', () => {
    vi.stubEnv('HELM_BINARY', '/no/helm')
    const refused = refusal(chart)
    expect(refused).toBeInstanceOf(EnvironmentError)
    expect(refused.message).toMatch(/: is a Helm chart, and \/no\/helm cannot be run$/)
    expect(refused.remedy).toContain('https://helm.sh/docs')
  })
})
