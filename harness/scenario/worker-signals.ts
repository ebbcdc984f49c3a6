/**
 * Loaded by each worker before all else: a terminal's Ctrl-C, and its closing, reach the workers as well as the run's
 * main process. The run stops its scenarios by its own line; a worker that died at once could not undo anything.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
