import { oneLine } from '../reports/text.ts'

/** Text on one line in which nothing is markup and which ends no cell of a table. */
export function plain(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]|<>#~&$]/g, '\\$&')
}

/** Text as code, on one line. */
export function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``
}

/** A table of cells that are Markdown already. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Milliseconds as seconds with two decimals, without the unit. */
export function seconds(ms: number): string {
  // A negative zero is none.
  return (Math.round(ms / 10) / 100 + 0).toFixed(2)
}

/** A share from 0 to 1 in per cent, never rounded up to a hundred: `99.4 %`. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`
}
