/** The template that a line of Helm's output comes from: Helm names it in a comment above each document. */
export function sourceOf(text: string, line: number): string {
  const above = text.split('\n').slice(0, line)
  const source = above.findLast((one) => one.startsWith('# Source: '))
  return source ? source.slice('# Source: '.length).trim() : `line ${line} of what it renders to`
}
