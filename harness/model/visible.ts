const csi = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-?]*[ -/]*[@-~]`, 'g')
const control = /\p{Cc}/gu
const hidden = /[\p{Cc}\p{Bidi_Control}\u200b\u2060\ufeff]/gu

/**
 * Text from a cluster, made safe to look at: terminal colours are dropped, and characters that act on their
 * surroundings instead of being seen (controls, bidi overrides, zero-width spaces) are replaced by ones that show.
 * Newlines and tabs stay. The result is well-formed Unicode, and still needs the escaping of its destination.
 */
export function visible(text: string, controls: 'shown' | 'removed' = 'shown'): string {
  const clean = text.toWellFormed().replaceAll('\r\n', '\n').replace(csi, '')
  return (controls === 'removed' ? clean.replace(control, keepBreaks) : clean).replace(hidden, show)
}

function keepBreaks(character: string): string {
  return character === '\n' || character === '\t' ? character : ''
}

function show(character: string): string {
  if (character === '\n' || character === '\t') return character
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
