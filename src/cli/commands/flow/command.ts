import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const flowVerb = defineCommand(
  {
    name: "flow",
    summary: "Show what caps and paces have counted in a store",
    about: [
      "STORE is a SQLite file (`permits.db`, `sqlite:FILE`) or `redis://HOST[:PORT][/DATABASE]`. Counters of windows that are open, those nearest to their limit first: what was granted to servers, what they reported as shown, and what they hold. It changes nothing.",
    ],
    positional: { name: "STORE", min: 1, max: 1, doc: "a store of permits" },
    options: {
      top: { kind: "integer", value: "N", min: 1, max: 1_000_000, doc: "show the first N (default: 20)" },
      ended: { kind: "flag", doc: "include counters of windows that are over" },
      format: formatOption,
    },
    examples: [
      { line: "mtlc flow permits.db", does: "what is left of today's caps" },
      { line: "mtlc flow redis://cache:6379 --top 100 --format json", does: "the same from Redis, for programs" },
    ],
  },
  async ({ arguments: [store = ""], options: { top = 20, ended, format } }, terminal) => {
    const [{ runFlow }, { flowView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    return show(terminal, format, flowView, await runFlow({ store, top, ended, now: Date.now() }));
  },
);
