import { type Document, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml'
import { UsageError } from '../model/errors.ts'

/** Tells where in a text something is. */
export type Where = (line: number, column?: number) => string

/** What a YAML document holds, and where it begins. */
export interface YamlDocument {
  value: unknown
  where: string
}

/** More than any manifest has; what is beyond takes the parser minutes. */
const limits = { lines: 100_000, depth: 200, indicators: 1_000, aliases: 100 }

/**
 * The YAML documents in a text, but for empty ones. No error quotes the text: it may be the line of a password.
 *
 * @throws UsageError that says where it is not YAML, or where it is nested deeper than anything that is meant.
 */
export function parseYaml(text: string, where: Where): YamlDocument[] {
  refuseEndless(text, where)
  const lineCounter = new LineCounter()
  try {
    // The library compares each key of a map with every other one.
    const documents = parseAllDocuments(text, { lineCounter, uniqueKeys: false })
    return Array.isArray(documents) ? documents.flatMap((document) => read(document, lineCounter, where)) : []
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(where(1))
    throw error
  }
}

function read(document: Document.Parsed, lineCounter: LineCounter, where: Where): YamlDocument[] {
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return where(line, col)
  }
  const [error] = document.errors
  // The library catches what its own stack is too short for.
  if (error?.message.includes('call stack')) throw tooDeep(place(error.pos[0]))
  if (error) throw new UsageError(`${place(error.pos[0])}: is not YAML: ${unquoted(error.message)}`)
  const twice = secondKey(document)
  if (twice !== undefined) throw new UsageError(`${place(twice)}: is not YAML: Map keys must be unique`)
  const { line } = lineCounter.linePos((document.contents?.range ?? document.range)[0])
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: limits.aliases })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(where(line))
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${where(line)}: cannot be read: ${unquoted(why)}`)
  }
  return value === null || value === undefined ? [] : [{ value, where: where(line) }]
}

/** Where a map has a key that it has already. */
function secondKey(document: Document.Parsed): number | undefined {
  let found: number | undefined
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        keys.add(key.value)
      }
      return undefined
    },
  })
  return found
}

/** What the library says is wrong, without what it quotes. */
function unquoted(message: string): string {
  const [sentence = ''] = message.split('\n')
  return sentence
    .replace(/ at line \d+.*$|: .*$/, '')
    .replace(/!\S+/g, 'a')
    .replace(/(?<=escape sequence) .*/, '')
}

function tooDeep(place: string): UsageError {
  return new UsageError(
    `${place}: is nested too deep: Kubernetes objects are no deeper than a few dozen levels`,
  )
}

/** @throws UsageError for what is small enough to be read and would keep the parser busy for minutes. */
function refuseEndless(text: string, where: Where): void {
  let [line, depth, indicators] = [1, 0, 0]
  // Brackets that nest, and what may stand before a value as often as one likes, as `- - - x`.
  for (const [token] of text.matchAll(/\n|[[{]|[\]}]|[^\s[\]{}]+/g)) {
    if (token === '\n') line++
    else if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1)
    else indicators = /^(?:[-?:]$|[!&*])/.test(token) ? indicators + 1 : 0
    if (line > limits.lines)
      throw new UsageError(`${where(line)}: has more than ${limits.lines} lines, too many for manifests`)
    if (depth > limits.depth || indicators > limits.indicators) throw tooDeep(where(line))
  }
}
