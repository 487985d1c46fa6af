import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFlow } from "../../src/cli/commands/flow/run.js";
import { flowView } from "../../src/cli/commands/flow/view.js";
import { counterKey, openPermitStore, windowOf } from "../../src/runtime/flow/index.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-flow-cli-"));
const file = join(folder, "permits.db");
// Windows far ahead: a store forgets those that are long over.
const now = Date.parse("2090-11-05T12:00:00+08:00");

beforeAll(async () => {
  const store = await openPermitStore(file);
  const call = (rule: string, value: string, limit: number, spent: number, at: number, need: number) => {
    const window = windowOf(at, "day", "Asia/Shanghai");
    const key = counterKey(["feed", "home", rule, "item_id"], JSON.stringify([value]), window.key);
    return { key, limit, ends: window.end, spent, sequence: need + 1, need };
  };
  await store.lease("a#1", [call("exposure", "item 7", 1_000_000, 0, now, 1)]);
  await store.lease("a#1", [call("exposure", "item 7", 1_000_000, 700, now, 2)]);
  await store.lease("b#1", [call("exposure", "item 8", 20, 0, now, 18)]);
  await store.lease("b#1", [call("exposure", "item 8", 20, 0, now - 86_400_000, 3)]);
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const style = { outStyle: undefined } as never;

describe("mtlc flow", () => {
  it("shows open windows, those nearest to their limit first", async () => {
    const { result } = await runFlow({ store: file, top: 20, ended: false, now });
    expect(flowView.human(result, style).replaceAll(folder, "")).toMatchInlineSnapshot(`
      "SQLite file /permits.db

      rule                               value                                            window      limit  granted  shown   held        by
      feed › home › exposure › item_id  item 8  day from 2090-11-05T00:00:00+08:00 Asia/Shanghai         20       18      0     18  1 server
      feed › home › exposure › item_id  item 7  day from 2090-11-05T00:00:00+08:00 Asia/Shanghai  1,000,000    1,700    700  1,000  1 server
      "
    `);
    expect(result.counters[0]).toMatchObject({ unit: "day", zone: "Asia/Shanghai", granted: 18, held: 18, holders: 1 });
  });

  it("shows ended ones and fewer on demand", async () => {
    const all = await runFlow({ store: file, top: 2, ended: true, now });
    expect(all.result.counters).toHaveLength(2);
    expect(flowView.human(all.result, style)).toContain("and 1 counter more; --top shows them");
    const none = await runFlow({ store: file, top: 2, ended: false, now: now + 10 * 86_400_000 });
    expect(flowView.human(none.result, style)).toContain("no counter of an open window");
  });

  it("makes no file where there is none", async () => {
    await expect(runFlow({ store: join(folder, "none.db"), top: 1, ended: false, now })).rejects.toThrow(
      "MTL7531: the SQLite file",
    );
    const { existsSync } = await import("node:fs");
    expect(existsSync(join(folder, "none.db"))).toBe(false);
  });
});
