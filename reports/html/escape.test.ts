import { expect, test } from 'vitest'
import { type Content, html } from './escape.ts'

test('values are escaped in text and in attributes', () => {
  const hostile = `<script>&"'\``
  expect(html`<b title="${hostile}">${hostile}</b>`.toString()).toBe(
    '<b title="&lt;script&gt;&amp;&quot;&#39;&#96;">&lt;script&gt;&amp;&quot;&#39;&#96;</b>',
  )
})

test('markup nests, lists join, and nothing comes of nothing', () => {
  const items = ['<', 1].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}${null}${undefined}${false}${0}</ul>`.toString()).toBe(
    '<ul><li>&lt;</li><li>1</li>0</ul>',
  )
})

test('an object that came from JSON cannot pose as markup', () => {
  const fake = JSON.parse('{"markup":"<script>"}') as Content
  expect(() => html`${fake}`).toThrow(TypeError)
})

test('text outside the quotes of a tag is refused, for no escaping would make it safe', () => {
  expect(() => html`<a href=${'x onload=y'}>`).toThrow(/inside a tag/)
  expect(() => html`<${'script'}>`).toThrow(/inside a tag/)
})

test('a trusted attribute may stand in a tag, and markup may not stand in an attribute', () => {
  expect(html`<details${html` open`}>`.toString()).toBe('<details open>')
  expect(() => html`<a title="${html`<b>`}">`).toThrow(/inside an attribute/)
})
