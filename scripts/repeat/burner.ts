// Keeps a core busy: until the process that forked it lets go of it or dies, at the longest for so many milliseconds.
const untilMs = performance.now() + Number(process.argv[2])
const sliceMs = 20

function burn(): void {
  const now = performance.now()
  if (!process.connected || now >= untilMs) process.exit()
  let x = 0
  while (performance.now() < now + sliceMs) x = Math.sqrt(x + 1)
  // Between two slices Node hears of the channel's end.
  setImmediate(burn)
}

burn()
