import { createHash } from 'node:crypto'

/**
 * Names a scenario by its file and its title, with letters that a file and a URL may have. A short hash tells those
 * apart whose words come to the same.
 */
export function idOf(file: string, title: string): string {
  const hash = createHash('sha256').update(`${file}\n${title}`).digest('hex').slice(0, 6)
  const words = [stemOf(file), slug(title)].filter(Boolean).join('-')
  return `${words.slice(0, 80).replace(/-$/, '')}-${hash}`
}

/** The file's own name, as `liveness` of `scenarios/liveness.scenario.ts`, with letters that a namespace may have. */
export function stemOf(file: string): string {
  return slug(file.replace(/^.*\//, '').replace(/(\.exclusive)?\.scenario\.[cm]?[jt]s$/, ''))
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
