import { styleText } from 'node:util'
import type { Finding, Level } from './finding.ts'

const marks = { fine: '✓', warning: '!', lack: '✗', unknown: '-' } as const
const colours = { fine: 'green', warning: 'yellow', lack: 'red', unknown: 'gray' } as const
const evidenceLines = 4

/** How the page is laid out. */
export interface PageOptions {
  /** With colour codes, as on a terminal. */
  colour: boolean
  /** In characters, after which text is wrapped; commands never are, so that they can be copied. */
  width: number
}

/** One line for each finding, and under it what mends it. Those that nothing is known of, alike in why, share a line. */
export function page(findings: Finding[], { colour, width }: PageOptions): string {
  const indent = Math.max(...findings.map(({ name }) => name.length)) + 4
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const line = (level: Level, name: string, text: string) => {
    const head = `${paint(colours[level], marks[level])} ${paint('bold', name.padEnd(indent - 4))}  `
    return `${head}${wrap(text, width - indent).join(`\n${' '.repeat(indent)}`)}`
  }
  const below = (text: string) => `${' '.repeat(indent)}${text}`

  const known = findings.filter(({ level }) => level !== 'unknown')
  const lines = known.flatMap(({ level, name, found, evidence, remedy }) => [
    line(level, name, found),
    ...tail(evidence).map((text) => below(paint('gray', `| ${text}`))),
    ...(remedy ? [below(paint('cyan', `→ ${remedy}`))] : []),
  ])
  const rest = Map.groupBy(
    findings.filter(({ level }) => level === 'unknown'),
    ({ found }) => found,
  )
  for (const [why, alike] of rest) {
    lines.push(line('unknown', 'not checked', `${alike.map(({ name }) => name).join(', ')}: ${why}`))
  }
  return lines.join('\n')
}

function tail(evidence = ''): string[] {
  const lines = evidence.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-evidenceLines)
}

/** Breaks at spaces; a word that is longer than a line has one of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
