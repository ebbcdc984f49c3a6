import { visible } from '../text.ts'

/** What a template takes: text is escaped, markup is not, lists are joined, and nothing comes of null, undefined or false. */
export type Content = Html | string | number | null | undefined | false | readonly Content[]

type Place = 'text' | 'tag' | 'value'

/** Markup that is safe to send. Only `html` makes it, so nothing read from a result can pose as it. */
export class Html {
  readonly #markup: string

  private constructor(markup: string) {
    this.#markup = markup
  }

  /** The template behind `html`. */
  static of(strings: TemplateStringsArray, values: readonly Content[]): Html {
    let place: Place = 'text'
    let markup = ''
    for (const [index, part] of strings.entries()) {
      place = placeAfter(part, place)
      markup += part
      if (index < values.length) markup += render(values[index], place)
    }
    return new Html(markup)
  }

  toString(): string {
    return this.#markup
  }
}

/**
 * Markup with its values escaped: html`<b title="${name}">${message}</b>`.
 *
 * @throws TypeError for text inside a tag but outside a quoted value, where no escaping would make it safe.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return Html.of(strings, values)
}

function render(content: Content, place: Place): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Html) {
    if (place === 'value') throw new TypeError('markup inside an attribute: give its text')
    return content.toString()
  }
  if (typeof content === 'object') return content.map((item) => render(item, place)).join('')
  if (place === 'tag') throw new TypeError(`text inside a tag: put ${JSON.stringify(content)} in quotes`)
  return escapeMarkup(visible(String(content)))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => entities[character] ?? '')
}

/** Where a piece of static markup ends: in running text, in a tag, or in a double-quoted attribute. */
function placeAfter(part: string, before: Place): Place {
  let place = before
  for (const character of part) {
    if (place === 'text' && character === '<') place = 'tag'
    else if (place === 'tag' && character === '>') place = 'text'
    else if (character === '"' && place !== 'text') place = place === 'tag' ? 'value' : 'tag'
  }
  return place
}
