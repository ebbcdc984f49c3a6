import { styleText } from 'node:util'
import { counted } from '../../model/counted.ts'
import type { Prediction, Term } from '../../model/result.ts'
import type { WeakSpot } from '../../predict/weak-spots.ts'
import { wrap } from '../doctor/print.ts'
import type { Consequence, Forecast } from './forecast.ts'

/** What is told of one workload. */
export interface Told {
  subject: string
  replicas: number
  /** Subjects of the Services that send to it. */
  services: string[]
  faults: Forecast[]
  weakSpots: WeakSpot[]
}

export interface PageOptions {
  /** With colour codes, as on a terminal. */
  colour: boolean
  /** In characters, after which text is wrapped. */
  width: number
}

type Style = Parameters<typeof styleText>[0]

/** A page for people: each workload, each fault, what follows it and when, term by term; then the weak spots. */
export function page(
  head: string,
  workloads: Told[],
  notes: string[],
  { colour, width }: PageOptions,
): string {
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const printer = new Printer(paint, width)
  return [
    head,
    ...workloads.flatMap((told) => ['', ...printer.workload(told)]),
    ...notes.flatMap((note) => ['', ...printer.hanging('Note: ', note)]),
    '',
    ...printer.sources(),
  ].join('\n')
}

class Printer {
  private readonly paint: (style: Style, text: string) => string
  private readonly width: number
  /** In the order in which they are first named. */
  private readonly known: string[] = []

  constructor(paint: (style: Style, text: string) => string, width: number) {
    this.paint = paint
    this.width = width
  }

  workload({ subject, replicas, services, faults, weakSpots }: Told): string[] {
    const where = services.length > 0 ? `, in ${services.join(' and ')}` : ', in no Service'
    return [
      this.paint('bold', `${subject}: ${counted(replicas, 'replica')}${where}`),
      ...faults.flatMap((forecast) => ['', ...this.forecast(forecast)]),
      '',
      this.paint('bold', weakSpots.length > 0 ? 'Weak spots' : 'No weak spot is seen in its spec'),
      ...weakSpots.flatMap((spot) => this.weakSpot(spot)),
    ]
  }

  private forecast({ fault, call, follows }: Forecast): string[] {
    const lines = follows.flatMap((consequence, i) => this.consequence(consequence, follows[i - 1]))
    const heading = this.hanging('', `${fault}: ${call}`, 2)
    return [...heading.map((line) => this.paint('bold', line)), ...lines]
  }

  private consequence(
    { what, after, predicted, never }: Consequence,
    before: Consequence | undefined,
  ): string[] {
    if (!predicted) return this.hanging('  ', `${what}: never, for ${never}`)
    const { terms, isMore } = addedTo(before?.after === after ? before.predicted : undefined, predicted)
    const ranges = terms.map(({ earliestMs, ms }) => range(earliestMs ?? ms, ms))
    const widest = Math.max(0, ...ranges.map(({ length }) => length))
    const indent = ' '.repeat(6)
    return [
      ...this.hanging('  ', `${what} ${range(predicted.earliestMs, predicted.latestMs)} after ${after}`),
      ...(isMore ? [`${indent}${' '.repeat(widest)}  as above, and then`] : []),
      ...terms.flatMap((term, i) => {
        const text = `${term.term} [${this.sourceOf(term)}]`
        return this.hanging(`${indent}${(ranges[i] ?? '').padStart(widest)}  `, text)
      }),
    ]
  }

  private weakSpot({ subject, weakness, consequence, remedy }: WeakSpot): string[] {
    return [
      ...this.hanging(`${this.paint('yellow', '!')} `, `${subject}: ${weakness}.`, 2),
      ...this.hanging('  ', `${consequence}.`),
      ...this.hanging('  → ', `${remedy}.`),
    ]
  }

  /** The sources that were named, by their numbers. Paths are of Kubernetes' repository. */
  sources(): string[] {
    const digits = String(this.known.length).length + 2
    return [
      this.paint('bold', 'Sources'),
      ...this.known.flatMap((source, i) => this.hanging(`  ${`[${i + 1}]`.padStart(digits)} `, source)),
    ]
  }

  private sourceOf({ source = '' }: Term): number {
    const told = machines[source] ?? source
    if (!this.known.includes(told)) this.known.push(told)
    return this.known.indexOf(told) + 1
  }

  /** Text that goes on under its own beginning. */
  hanging(start: string, text: string, indent = start.length): string[] {
    return wrap(text, this.width - indent).map((line, i) => (i === 0 ? start : ' '.repeat(indent)) + line)
  }
}

const machines: Record<string, string> = {
  measured: 'measured on kind, at rest: what the machine takes, which Kubernetes does not promise',
  estimated: 'estimated: what the machine takes, which Kubernetes does not promise',
}

/** The terms that come on top of another prediction's, where it begins with all of them. */
function addedTo(
  before: Prediction | undefined,
  { because }: Prediction,
): { terms: Term[]; isMore: boolean } {
  const length = before?.because.length ?? 0
  const isMore = length > 1 && length < because.length && isSame(before?.because, because.slice(0, length))
  return isMore ? { terms: because.slice(length), isMore } : { terms: because, isMore }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** `9.5–49.0 s`, or `40.0 s` where it is both. */
function range(earliestMs: number, latestMs: number): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(1)
  return earliestMs === latestMs ? `${seconds(latestMs)} s` : `${seconds(earliestMs)}–${seconds(latestMs)} s`
}
