import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createHistogram } from "../../src/runtime/serve/metrics/histogram.js";

it("is what Prometheus reads, a series for each value of its labels", async () => {
  const registry = new Registry();
  const series = createHistogram({ name: "took", help: "Seconds.", labels: ["route"], buckets: [0.1, 1], registry });
  for (const value of [0.05, 0.1, 0.5, 3]) series('a"b').observe(value);
  series("c").observe(1);
  expect(await registry.metrics()).toBe(`# HELP took Seconds.
# TYPE took histogram
took_bucket{le="0.1",route="a\\"b"} 2
took_bucket{le="1",route="a\\"b"} 3
took_bucket{le="+Inf",route="a\\"b"} 4
took_sum{route="a\\"b"} 3.65
took_count{route="a\\"b"} 4
took_bucket{le="0.1",route="c"} 0
took_bucket{le="1",route="c"} 1
took_bucket{le="+Inf",route="c"} 1
took_sum{route="c"} 1
took_count{route="c"} 1
`);
});
