import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import { type RunOptions, run, tryRun } from './process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-process-'))
afterAll(() => rmSync(folder, { recursive: true }))

const sh = (script: string, options?: RunOptions) => run('sh', ['-c', script], options)

async function errorOf(promise: Promise<unknown>): Promise<EnvironmentError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EnvironmentError)) throw new Error(`an EnvironmentError was expected: ${error}`)
  return error
}

/** Whether the process with the id that a script wrote is gone; one that nobody has reaped yet is. */
async function isGone(pid: string): Promise<boolean> {
  if (!/^\d+$/.test(pid)) throw new Error(`a process id was expected: ${pid}`)
  const { stdout } = await tryRun('ps', ['-o', 'stat=', '-p', pid])
  return stdout === '' || stdout.startsWith('Z')
}

test('gives both outputs, each without its last newline', async () => {
  expect(await sh('echo out; echo; echo err >&2')).toEqual({ stdout: 'out\n', stderr: 'err' })
})

test('runs no shell: an argument is what it is', async () => {
  expect((await run('echo', ['$HOME *', '; ls'])).stdout).toBe('$HOME * ; ls')
})

test('feeds text and streams to the standard input, which is empty otherwise', async () => {
  expect((await run('cat', [], { input: 'text\n' })).stdout).toBe('text')
  expect((await run('cat', [], { input: Readable.from(['a', 'b']) })).stdout).toBe('ab')
  expect((await run('cat', [])).stdout).toBe('')
})

test('adds to the environment, and runs in the folder asked for', async () => {
  const { stdout } = await sh('echo "$ROLYPOLY_TEST"; pwd; command -v sh', {
    env: { ROLYPOLY_TEST: 'x' },
    cwd: folder,
  })
  expect(stdout).toMatch(new RegExp(`^x\n.*${folder}\n/`))
})

test('calls back with the lines of both outputs, while the process runs, and keeps them too', async () => {
  const lines: string[] = []
  const running = sh('printf "a\\r\\nb\\n"; sleep 0.3; printf "c\\n\\nd" >&2', {
    onLine: (line) => lines.push(line),
  })
  await expect.poll(() => lines).toEqual(['a', 'b'])
  expect(await running).toEqual({ stdout: 'a\r\nb', stderr: 'c\n\nd' })
  expect(lines).toEqual(['a', 'b', 'c', '', 'd'])
})

test('an exit code other than 0 is told with the last lines of both outputs', async () => {
  const error = await errorOf(sh('seq 100; echo broken >&2; exit 7'))
  expect(error.message).toBe('sh -c seq 100; echo broken >&2; exit 7 failed with exit code 7')
  expect(error.evidence?.split('\n')).toHaveLength(40)
  expect(error.evidence).toMatch(/^62\n[\s\S]*\n100\nbroken$/)
  expect(error.remedy).toBeUndefined()
})

test('a long command is cut in the sentence, and whole in the evidence', async () => {
  const script = `exit 3 # ${'x'.repeat(200)}`
  const error = await errorOf(sh(`\n${script}`))
  expect(error.message).toMatch(/^sh -c exit 3 # x+\.\.\. failed with exit code 3$/)
  expect(error.message.length).toBeLessThan(160)
  expect(error.evidence).toContain(script)
})

test('a program that is not there comes with what to do', async () => {
  const byName = await errorOf(run('no-such-program', ['x']))
  expect(byName.message).toBe('no-such-program x could not be run: no-such-program is not there')
  expect(byName.remedy).toBe('Install no-such-program, or put the folder that holds it on the PATH.')
  const byPath = await errorOf(run(`${folder}/missing`, []))
  expect(byPath.remedy).toContain(`Give the path of a program that exists in place of ${folder}/missing`)
})

test('a program that is not executable, and a folder that is not there, are told apart', async () => {
  writeFileSync(`${folder}/plain`, 'x', { mode: 0o644 })
  const plain = await errorOf(run(`${folder}/plain`, []))
  expect(plain.message).toBe(`${folder}/plain could not be run: ${folder}/plain is not executable`)
  expect(plain.remedy).toContain('chmod +x')
  const nowhere = await errorOf(run('echo', [], { cwd: `${folder}/nowhere` }))
  expect(nowhere.message).toBe(`echo could not be run in ${folder}/nowhere: there is no such folder`)
  expect(nowhere.remedy).toBeUndefined()
})

test('a signal from elsewhere is named', async () => {
  expect((await errorOf(sh('kill -9 $$'))).message).toBe('sh -c kill -9 $$ was ended by SIGKILL')
})

test('a time-out ends the process and its descendants, and says so', async () => {
  const error = await errorOf(sh('sleep 60 & echo $!; wait', { timeoutMs: 150 }))
  expect(error.message).toBe(
    'sh -c sleep 60 & echo $!; wait took longer than 150 ms, and was ended by SIGTERM',
  )
  expect(await isGone(error.evidence ?? '')).toBe(true)
})

test('an abort ends the process, says so, and keeps the reason as its cause', async () => {
  const controller = new AbortController()
  const reason = new Error('the run was interrupted')
  const running = sh('echo $$; sleep 60', {
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  })
  const error = await errorOf(running)
  expect(error.message).toBe('sh -c echo $$; sleep 60 was aborted, and ended by SIGTERM')
  expect(error.cause).toBe(reason)
  expect(await isGone(error.evidence ?? '')).toBe(true)
})

test('nothing is left running where the signal was aborted before', async () => {
  const error = await errorOf(sh(`sleep 1; touch ${folder}/ran`, { signal: AbortSignal.abort() }))
  expect(error.message).toContain('was aborted')
})

test('a process that ignores SIGTERM is killed after five seconds', { timeout: 15_000 }, async () => {
  const startedAt = performance.now()
  const error = await errorOf(sh('trap "" TERM; echo $$; while :; do sleep 0.1; done', { timeoutMs: 300 }))
  expect(error.message).toMatch(
    /took longer than 300 ms, and was killed, as it was still there 5\.0 s after SIGTERM$/,
  )
  expect(performance.now() - startedAt).toBeGreaterThan(5_000)
  expect(await isGone(error.evidence ?? '')).toBe(true)
})

test('output without end is stopped, not kept', async () => {
  const error = await errorOf(run('yes', ['x'.repeat(100_000)]))
  expect(error.message).toMatch(/printed more than 64 Mi characters, and was ended by SIGTERM$/)
})

test('what onLine throws ends the process, and is thrown as it is', async () => {
  const thrown = new Error('the reader broke')
  const pids: string[] = []
  const running = sh('echo $$; echo b; sleep 60', {
    onLine: (line) => {
      pids.push(line)
      throw thrown
    },
  })
  await expect(running).rejects.toBe(thrown)
  expect(pids).toHaveLength(1)
  expect(await isGone(pids[0] ?? '')).toBe(true)
})

test('tryRun returns a failure, with its exit code and outputs', async () => {
  expect(await tryRun('sh', ['-c', 'echo out; echo err >&2; exit 4'])).toMatchObject({
    ok: false,
    exitCode: 4,
    stdout: 'out',
    stderr: 'err',
    error: { message: expect.stringContaining('exit code 4') },
  })
  expect(await tryRun('true', [])).toEqual({ ok: true, exitCode: 0, stdout: '', stderr: '' })
  expect(await tryRun('no-such-program', [])).toMatchObject({ ok: false, exitCode: undefined, stdout: '' })
})

test('what is detached outlives the one that started it, and hears of its end', async () => {
  const heard = join(folder, 'heard')
  const own = fileURLToPath(new URL('./process.ts', import.meta.url))
  const starts = `
    import { startDetached } from ${JSON.stringify(own)}
    const input = startDetached('sh', ['-c', 'trap "" INT; cat > "$0.part"; mv "$0.part" "$0"', ${JSON.stringify(heard)}])
    input.write('still here', () => process.kill(process.pid, 'SIGKILL'))
  `
  const outcome = await tryRun(process.execPath, ['--input-type=module', '--eval', starts])
  expect(outcome.ok).toBe(false)
  await vi.waitFor(() => expect(readFileSync(heard, 'utf8')).toBe('still here'), { timeout: 20_000 })
})

test('what is detached keeps nobody from ending', async () => {
  const own = fileURLToPath(new URL('./process.ts', import.meta.url))
  const starts = `import { startDetached } from ${JSON.stringify(own)}\nstartDetached('cat', [])`
  await run(process.execPath, ['--input-type=module', '--eval', starts], { timeoutMs: 20_000 })
})
