/** Requests that are wrong, to a process: each gets 4xx, a reason, and no stack. */
import { malformed } from "../../test/serve/malformed.js";
import { trainServed } from "../../test/serve/served.js";
import { startMtlc } from "./servers.js";
import type { Soak } from "./soak.js";

/** Those that the requests go beyond. */
const limits = ["--max-body", "10000", "--max-rows", "200"];

export const malformedBodies: Soak = {
  name: "malformed",
  run: async () => {
    const served = await trainServed();
    const server = await startMtlc("mtlc serve", [served.artifact, "--engine", "cpu", ...limits]);
    const failures: string[] = [];
    for (const { what, url = "/v2/models/taste/infer", method = "POST", body, headers = {}, reason } of malformed) {
      const response = await fetch(server.url + url, {
        method,
        headers,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : Uint8Array.from(body) }),
      });
      const text = await response.text();
      const { error } = JSON.parse(text) as { readonly error?: unknown };
      const isClean = response.status >= 400 && response.status < 500 && !/\n\s+at |\.js:\d/.test(text);
      if (!isClean || typeof error !== "string" || !reason.test(error))
        failures.push(`${what}: ${response.status} ${text}`);
    }
    const good = await fetch(`${server.url}/v2/health/ready`);
    if (!good.ok) failures.push(`afterwards the server is not ready: ${good.status}`);
    await server.kill("SIGTERM");
    served.remove();
    return { lines: [`${malformed.length} requests, each in a way of its own`], failures };
  },
};
