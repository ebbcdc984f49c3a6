/** The value of one key of a Secret, and what is told in its place. */
export interface SecretValue {
  /** As `Secret/db-credentials key password`. */
  called: string
  value: string
}

/** The parts of a Kubernetes object that make it a Secret. */
interface SecretLike {
  kind?: unknown
  metadata?: { name?: unknown } | undefined
  data?: unknown
  stringData?: unknown
}

/**
 * In characters. What is shorter, as `admin` or `5432`, is found in all sorts of text that has nothing to do with the
 * Secret: to take it out would hide little, and make nonsense of the rest.
 */
export const shortestSecret = 6

/** In characters: what is longer is known by pieces of this length. */
const pieceLength = 64
const longestSecret = 64 * 1024

/** The values in a Secret, decoded; none in any other object. `data` is base64, `stringData` is not. */
export function secretValues(object: SecretLike): SecretValue[] {
  if (object?.kind !== 'Secret') return []
  const name = typeof object.metadata?.name === 'string' ? object.metadata.name : ''
  const called = (key: string) => `Secret/${name} key ${key}`
  return [
    ...entries(object.data).map(([key, value]) => ({ called: called(key), value: decoded(value) })),
    ...entries(object.data).map(([key, value]) => ({ called: called(key), value })),
    ...entries(object.stringData).map(([key, value]) => ({ called: called(key), value })),
  ]
}

function entries(map: unknown): [string, string][] {
  if (typeof map !== 'object' || map === null) return []
  return Object.entries(map).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [],
  )
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

/**
 * The forms in which a secret value is met in text: as it is, as base64, in a URL, in JSON; each line of it and what stands
 * behind the `=` or `:` there, without quotes and remarks, for logs come line by line; the password of a URL and the texts of a JSON document.
 */
export function formsOf(value: string): string[] {
  const whole = value.slice(0, longestSecret)
  const forms = new Set<string>()
  for (const part of [whole, whole.trim(), ...partsOf(whole)]) {
    if (part.trim().length < shortestSecret) continue
    for (const form of encodings(part)) {
      for (const piece of piecesOf(form)) forms.add(piece)
    }
  }
  return [...forms]
}

function encodings(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8')
  const plain = text.toWellFormed()
  return [
    text,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...inUrls(plain),
    inJson(plain),
    inJson(inJson(plain)),
    // As Go's encoder writes it: https://pkg.go.dev/encoding/json#Marshal
    inJson(plain).replace(/[&<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  ]
}

/** In characters: what is longer is in no URL. */
const longestInUrl = 1024

/**
 * What percent-encoding leaves as it is, beside letters and digits: in the order of encodeURIComponent, RFC 3986, Python's
 * `quote`, a form's fields, and the user's part of a URL by Go's net/url and by the WHATWG's standard.
 */
const keptInUrls = ["-._~!'()*", '-._~', '-._~/', '-._*', '-._~$&+,;=', "-._~!$&'()*+,"]

/** Each with the hexadecimal digits of RFC 3986, and with small ones, and with a space as `+`. */
function inUrls(text: string): string[] {
  if (text.length > longestInUrl) return [encodeURIComponent(text)]
  return keptInUrls.flatMap((kept) => {
    const encoded = [...text].map((sign) =>
      /[A-Za-z0-9]/.test(sign) || kept.includes(sign) ? sign : percent(sign),
    )
    const upper = encoded.join('')
    const lower = encoded.map((sign) => (sign.length > 1 ? sign.toLowerCase() : sign)).join('')
    return [upper, lower].flatMap((form) => [form, form.replaceAll('%20', '+')])
  })
}

function percent(sign: string): string {
  return Buffer.from(sign, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&')
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function partsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : []
  const assigned = [value, ...lines].flatMap((line) => {
    const found =
      /^(?:-\s+|export\s+|set\s+)*["']?[\w.-]+["']?\s*(?::=|=>|[=:])\s*(.+)$/i.exec(line)?.[1] ?? ''
    return assignedIn(found.trim())
  })
  return [...lines, ...assigned, ...passwordOf(value), ...textsOf(json(value))]
}

/** What is assigned, without what a configuration file may have around it: quotes, a sign at its end, a remark. */
function assignedIn(assigned: string): string[] {
  const [, , quoted] = /^(["'])(.*?)\1/.exec(assigned) ?? []
  const remarked = assigned.replace(/\s(?:#|;|\/\/).*$/, '').trimEnd()
  const ended = [assigned, remarked].map((text) => text.replace(/[,;]$/, ''))
  const [, , within] = /^(["'])(.*)\1$/.exec(ended[1] ?? '') ?? []
  return [assigned, remarked, ...ended, ...(quoted ? [quoted] : []), ...(within ? [within] : [])]
}

function passwordOf(value: string): string[] {
  const { password } = URL.parse(value) ?? {}
  if (!password) return []
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

function json(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** As deep as anybody writes a document by hand. */
const deepest = 32

function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > deepest) return []
  return Object.values(value).flatMap((item) => textsOf(item, depth + 1))
}

/** One long text is met in part where it was cut or folded. */
function piecesOf(form: string): string[] {
  if (form.length <= 2 * pieceLength) return [form]
  const pieces: string[] = []
  for (let at = 0; at < form.length; at += pieceLength) pieces.push(form.slice(at, at + pieceLength))
  const last = pieces.at(-1) ?? ''
  // A short rest is no secret by itself.
  if (last.length < pieceLength) pieces.splice(-2, 2, (pieces.at(-2) ?? '') + last)
  return pieces
}
