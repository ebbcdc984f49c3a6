import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Result } from '../harness/model/result.ts'
import { payloads, withEveryText } from './fixtures/hostile.ts'
import { control, crowded, failedRun, mixed, passed, stops } from './fixtures.ts'
import { renderHtml } from './html.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const quiet = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

describe('in a browser', () => {
  let browser: Browser
  let folder = ''

  beforeAll(async () => {
    if (!executablePath) throw new Error('no browser is here: install chromium (apt-get install chromium)')
    folder = await mkdtemp(join(tmpdir(), 'rolypoly-page-'))
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', ...quiet],
    })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  /** Opens a page with every part unfolded; `said` collects what it should not do. */
  async function open(
    result: Result,
    width: number,
    scheme: 'light' | 'dark',
  ): Promise<{ page: Page; said: string[] }> {
    const file = join(folder, 'index.html')
    await writeFile(file, renderHtml(result))
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('dialog', (dialog) => {
      said.push(dialog.message())
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) said.push(request.url())
    })
    await page.goto(pathToFileURL(file).href)
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
    return { page, said }
  }

  for (const width of [390, 1400]) {
    for (const scheme of ['light', 'dark'] as const) {
      test(`nothing is wider than ${width} pixels (${scheme}), and nothing is asked for`, {
        timeout: 60_000,
      }, async () => {
        for (const result of [mixed, control, failedRun, crowded, passed, stops]) {
          const { page, said } = await open(result, width, scheme)
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
          expect(said).toEqual([])
          await page.close()
        }
      })
    }
  }

  test('hostile text builds no element, runs nothing and asks for nothing', { timeout: 60_000 }, async () => {
    const everything = { ...mixed, scenarios: [...mixed.scenarios, ...stops.scenarios] }
    for (const payload of payloads) {
      const { page, said } = await open(
        withEveryText(everything, (text) => text + payload),
        390,
        'light',
      )
      expect(
        await page.evaluate('document.querySelectorAll("script, img, x, [onload], [onerror]").length'),
      ).toBe(0)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
      expect(said).toEqual([])
      await page.close()
    }
  })

  test('a link to a folded scenario unfolds it', { timeout: 60_000 }, async () => {
    const { page } = await open(passed, 1400, 'light')
    await page.reload()
    expect(await page.locator('details.scenario[open]').count()).toBe(0)
    await page.locator('.summary a').first().click()
    expect(await page.locator('details.scenario[open]').count()).toBe(1)
    await page.close()
  })
})
