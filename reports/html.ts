import type { Result } from '../harness/model/result.ts'
import { page } from './html/page.ts'

/** A run as one page that needs no network, no script and no other file. */
export function renderHtml(result: Result): string {
  return page(result).toString()
}
