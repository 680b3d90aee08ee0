// Sixteen connections that ask one thing after another: node load.mjs URL SECONDS REQUESTS, the latter a JSON file with
// `headers` and `bodies`. Prints requests a second and the 99th percentile of milliseconds.
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const [, , url, seconds, file] = process.argv
const { headers, bodies } = JSON.parse(readFileSync(file, 'utf8'))
const result = await autocannon({
  url,
  connections: 16,
  duration: Number(seconds),
  method: 'POST',
  headers,
  requests: bodies.map((body) => ({ body })),
})
const { non2xx, errors, requests, latency, duration } = result
console.log(JSON.stringify({ failed: non2xx + errors, perSecond: requests.total / duration, p99: latency.p99 }))
