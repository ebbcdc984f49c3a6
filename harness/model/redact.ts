import { plainWords } from './plain-words.ts'
import { formsOf, type SecretValue, shortestSecret } from './secret-forms.ts'

/** What is secret by its form, wherever it comes from: group 1 stays, the rest goes. */
const byForm: readonly { called: string; pattern: RegExp }[] = [
  {
    called: 'private key',
    pattern: /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { called: 'token', pattern: /()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g },
  {
    called: 'credentials',
    pattern: /(\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+)(?!\[redacted)[\w.~+/-]{8,}=*/g,
  },
  {
    called: 'kubeconfig',
    pattern:
      /(\b(?:client-key-data|client-certificate-data|id-token|refresh-token)\\?["']?:\s*\\?["']?)(?!\[redacted)[\w+/=.-]{8,}/g,
  },
  {
    called: 'kubeconfig',
    pattern: /((?:^|\n)[ \t-]*["']?(?:token|password)["']?:[ \t]*["']?)(?!\[redacted)[^\s"',}]{6,}/g,
  },
  { called: 'token', pattern: /(--(?:token|certificate-key)[ =]+)(?!\[redacted)[\w.]{8,}/g },
]
/** Whether any of those may be in a text, JSON or not: quick to ask, and true too often rather than too seldom. */
const maybe =
  /PRIVATE KEY|eyJ|[Bb]earer|BEARER|[Bb]asic|BASIC|client-(?:key|cert)|token|password|certificate-key/

/** A field of an object's, as `message` or `containerStatuses`: no data that somebody chose. */
const fieldName = /^[a-z]+(?:[A-Z][a-z]+)*$/

/** Takes secret values out of text. It knows those that it was told of, and what is secret by its form. */
export class Redactor {
  private readonly known = new Map<string, string>()
  private patterns: { inText: RegExp; inJson: RegExp } | undefined

  /**
   * From here on these values are redacted. Not those that are shorter than {@link shortestSecret}, nor words that say
   * nothing, as `default` and `passed`, nor what the same chart has in the open, `open`, as the names of its objects.
   */
  know(secrets: readonly SecretValue[], open: ReadonlySet<string> = new Set()): void {
    for (const { called, value } of secrets) {
      for (const form of formsOf(value)) {
        if (plainWords.has(form.trim()) || open.has(form.trim()) || this.known.has(form)) continue
        this.known.set(form, called)
        this.patterns = undefined
      }
    }
  }

  /** The text with `[redacted: Secret/db-credentials key password]` in the place of each secret value. */
  redact(text: string): string {
    const own =
      this.known.size === 0 ? text : text.replace(this.compiled().inText, (found) => this.mark(found))
    if (!maybe.test(own)) return own
    return byForm.reduce((so, { called, pattern }) => so.replace(pattern, `$1[redacted: ${called}]`), own)
  }

  /** A copy of plain data in which every text is redacted, the keys of maps too. */
  redactAll<T>(value: T): T {
    return this.copy(value) as T
  }

  /** The JSON of plain data, redacted. */
  json(value: unknown): string {
    const text = JSON.stringify(value)
    return this.isClean(text) ? text : JSON.stringify(this.copy(value))
  }

  /** However often what it holds was put into JSON: without its backslashes it is always the same. */
  private isClean(text: string): boolean {
    if (maybe.test(text)) return false
    if (this.known.size === 0) return true
    return !this.compiled().inJson.test(text.includes('\\') ? text.replaceAll('\\', '') : text)
  }

  private copy(value: unknown): unknown {
    if (typeof value === 'string') return plainWords.has(value) ? value : this.redact(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => this.copy(item))
    const entries = Object.entries(value).map(([key, item]) => [
      fieldName.test(key) ? key : this.redact(key),
      this.copy(item),
    ])
    return Object.fromEntries(entries)
  }

  private mark(found: string): string {
    const called = this.known.get(found) ?? 'Secret'
    const mark = `[redacted: ${called}]`
    // Somebody may have named a Secret after what it holds.
    return this.compiled().inJson.test(mark) ? '[redacted]' : mark
  }

  private compiled(): { inText: RegExp; inJson: RegExp } {
    if (this.patterns) return this.patterns
    // Where one value begins another, the longer one goes.
    const forms = [...this.known.keys()].toSorted((a, b) => b.length - a.length)
    const bare = new Set(forms.map((form) => JSON.stringify(form).slice(1, -1).replaceAll('\\', '')))
    this.patterns = { inText: anyOf(forms, 'g'), inJson: anyOf([...bare], '') }
    return this.patterns
  }
}

function anyOf(texts: string[], flags: string): RegExp {
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), flags)
}

const key = Symbol.for('rolypoly.redactor')
const shared = globalThis as { [key]?: Redactor }

/**
 * This process': whoever reads a chart tells it, and whatever leaves the process has passed it. It hangs on the global
 * object, for a worker may load the harness twice.
 */
export const redactor: Redactor = shared[key] ?? new Redactor()
shared[key] = redactor
