import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { z } from 'zod'

/** Calls back with each line of a stream; resolves at its end, also where the stream broke off. */
export function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', onLine)
  lines.on('close', resolve)
  stream.on('error', () => lines.close())
  return promise
}

/** A line of JSON of this shape; undefined where it is anything else. */
export function parseLine<S extends z.ZodType>(schema: S, text: string): z.infer<S> | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
