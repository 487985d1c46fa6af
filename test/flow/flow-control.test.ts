import { describe, expect, it } from "vitest";
import { createRanker, type RankedList, type RankResult } from "../../src/compiler/serving/index.js";
import {
  createFlowControl,
  createMemoryStore,
  permitsFor,
  type FlowControl,
  type FlowedRanking,
  type PermitStore,
} from "../../src/runtime/flow/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";

const spec = `
model capped

signals {
  ctr: P(click)
}

attributes {
  item_id: text
  brand:   text
}

fusion score = ctr

rules flow {
  cap  exposure at most 3 of item_id per day zone: "Asia/Shanghai"
  cap  brands at most 5 of brand per day zone: "Asia/Shanghai" down: 0.5
  pace launch
    when brand == "new"
    at least 240
    of brand
    per day
    zone: "Asia/Shanghai"
}

rank feed = top 2 by score with flow
`;

const { model } = loadSpec("capped.mtl", { readFile: () => spec });
const serving = model.serving;
const feed = serving?.ranks[0];
if (serving === undefined || feed === undefined) throw new Error("a ranking");
const ranker = createRanker(serving, feed);
const noon = Date.parse("2026-11-05T12:00:00+08:00");

const candidates = [
  { ctr: 0.9, item_id: "1", brand: "a" },
  { ctr: 0.8, item_id: "2", brand: "a" },
  { ctr: 0.7, item_id: "3", brand: "b" },
  { ctr: 0.1, item_id: "4", brand: "new" },
];

function openFlow(store: PermitStore, clock: () => number): FlowControl {
  const { ruleSets } = serving ?? { ruleSets: [] };
  return createFlowControl(store, { namespace: model.name, ruleSets, server: "s", background: false, clock });
}

function rank(flow: FlowControl, now: number): Promise<FlowedRanking<RankResult>> {
  const ids = candidates.map(({ item_id: id }) => id);
  return flow.rank(now / 1000, (permits) => {
    const ranking = ranker.rank({ request: "r", ids, candidates, now: now / 1000, seed: 1, permits });
    return { ranking, spent: ranking.kind === "ranked" ? ranking.spent : [] };
  });
}

function idsOf({ ranking }: FlowedRanking<RankResult>): string {
  expect(ranking.kind).toBe("ranked");
  return (ranking as RankedList).items.map(({ id }) => id).join("");
}

describe("a ranking under flow control", () => {
  it("spends what its lists show, on every server, and moves on when a value is used up", async () => {
    const store = createMemoryStore({ clock: () => noon });
    const flows = [0, 1].map(() => openFlow(store, () => noon));
    const lists: string[] = [];
    for (let i = 0; i < 7; i += 1) for (const flow of flows) lists.push(idsOf(await rank(flow, noon)));
    const shown = lists.join("");
    const count = (ids: string): number => [...shown].filter((id) => ids.includes(id)).length;
    expect([count("1"), count("2"), count("3")].every((each) => each <= 3)).toBe(true);
    // Five of brand a; three of item 3; of the new brand, five.
    expect([count("12"), count("3"), count("4")]).toEqual([5, 3, 3]);
    expect(idsOf(await rank(flows[0] ?? openFlow(store, () => noon), noon + 86_400_000))).toBe("12");
    const { ranking } = await rank(flows[0] ?? openFlow(store, () => noon), noon);
    expect((ranking as RankedList).items).toEqual([]);
  });

  it("waits for the first grant of a store that is slow at first, and names a cap whose permits come late", async () => {
    const memory = createMemoryStore({ clock: () => noon });
    let pause = 150;
    const slow: PermitStore = {
      ...memory,
      lease: async (...call) => {
        await new Promise((resolve) => void setTimeout(resolve, pause));
        return memory.lease(...call);
      },
    };
    const flow = openFlow(slow, () => noon);
    await flow.ready();
    const first = await rank(flow, noon);
    expect([idsOf(first), first.permits.late]).toEqual(["12", []]);
    pause = 400;
    const tomorrow = noon + 86_400_000;
    const late = await rank(flow, tomorrow);
    expect([idsOf(late), late.permits.late, late.permits.degraded]).toEqual(["", ["flow.exposure", "flow.brands"], []]);
    await expect.poll(async () => idsOf(await rank(flow, tomorrow)), { timeout: 10_000 }).toBe("12");
    expect(await flow.close()).toEqual({ stranded: 0 });
  });

  it("takes its time in seconds, as the request has it", async () => {
    const flow = openFlow(createMemoryStore({ clock: () => noon }), () => noon);
    for (const now of [noon, NaN, Infinity])
      await expect(flow.rank(now, () => ({ ranking: 0, spent: [] }))).rejects.toThrow(/MTL7524.*Date\.now\(\) \/ 1000/);
    expect(() => flow.viewed([], noon)).toThrow("MTL7524");
  });

  it("can be replayed from what it read", async () => {
    const store = createMemoryStore({ clock: () => noon });
    const flow = openFlow(store, () => noon);
    for (let i = 0; i < 3; i += 1) {
      const { ranking, permits, paces } = await rank(flow, noon);
      const again = ranker.rank({
        request: "r",
        ids: candidates.map(({ item_id: id }) => id),
        candidates,
        now: noon / 1000,
        seed: 1,
        permits: {
          held: (rule, key) => permitsFor(permits, rule, key),
          pace: (rule, key) => paces.get(rule)?.get(key)?.multiplier ?? 1,
        },
      });
      expect((again as RankedList).items).toEqual((ranking as RankedList).items);
    }
  });

  it("counts what a pace counts, and multiplies by its controller", async () => {
    const time = { now: noon };
    const store = createMemoryStore({ clock: () => time.now });
    const flow = openFlow(store, () => time.now);
    const before = await rank(flow, time.now);
    expect(before.paces.get("flow.launch")?.get('["new"]')).toMatchObject({ multiplier: 1, at: 0 });
    await flow.tick();
    const { paces, ranking } = await rank(flow, time.now);
    // Half a day behind: the upper bound, which lifts it from the last place but not over the others.
    expect(paces.get("flow.launch")?.get('["new"]')).toMatchObject({ multiplier: 10, stale: false });
    expect((ranking as RankedList).items.map(({ id }) => id)).toEqual(["4", "1"]);
    time.now += 10_000;
    await flow.tick();
    const counters = await store.read();
    const launch = counters.find(({ key }) => (JSON.parse(key)[0] as string[]).includes("launch"));
    expect(launch).toMatchObject({ spent: 1, limit: 240 });
    expect(JSON.parse(launch?.key ?? "")).toEqual([
      ["capped", "flow", "launch", "brand"],
      '["new"]',
      '["day","Asia/Shanghai","2026-11-05T00:00:00+08:00"]',
    ]);
    await rank(flow, time.now + 86_400_000);
    expect(await flow.close()).toEqual({ stranded: 0 });
    // What was shown since the last report is counted on closing, of a new window too.
    const spent = (await store.read()).filter(({ key }) => key.includes("launch")).map((each) => each.spent);
    expect(spent).toEqual([1, 1]);
  });
});
