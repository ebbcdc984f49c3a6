import { expect, test } from 'vitest'
import { oneLine, shorten, visible } from './text.ts'

test('terminal colours are dropped and other controls are shown', () => {
  expect(visible('\u001b[31;1mred\u001b[0m \u001b]0;title\u0007 \u0000\u007f\u0085')).toBe(
    'red ␛]0;title␇ ␀␡⟨U+0085⟩',
  )
})

test('bidi overrides and zero-width characters are shown', () => {
  expect(visible('a\u202eb\u2066c\u200bd\ufeff')).toBe('a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+FEFF⟩')
})

test('newlines and tabs stay, and lone surrogates become well-formed', () => {
  expect(visible('a\r\nb\tc\rd')).toBe('a\nb\tc␍d')
  expect(visible('\ud800x')).toBe('\ufffdx')
})

test('controls can be removed instead', () => {
  expect(visible('a\u0000\u0008b\n\u009fc\u202e', 'removed')).toBe('ab\nc⟨U+202E⟩')
})

test('one line has no breaks', () => {
  expect(oneLine(' a\n\n b\u2028c ')).toBe('a b c')
})

test('shortening counts characters and never splits one', () => {
  expect(shorten('abc', 3)).toBe('abc')
  expect(shorten('👍👍👍👍', 3)).toBe('👍👍…')
})
