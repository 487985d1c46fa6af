import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRanker } from "../../src/runtime/rank/index.js";
import { openServer, type Server } from "../../src/runtime/serve/server.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
let server: Server;

const capped = `model hall
attributes {
  ctr:   number in [0, 1]
  brand: text
}
request { user: text }
params { w: 1 in [0, 2] }
experiment heavier {
  by: user
  control: arm(0.5)
  heavy: arm(0.5, w: 2)
}
fusion score = ctr^w
rules home {
  drop  banned when brand == "banned"
  spread brands at most 1 of brand in 2
  cap   often at most 2 of id per day zone: "UTC"
  cap   seen at most 3 of brand per day zone: "UTC" count: viewed
}
rank page = top 2 by score with home
`;

beforeAll(async () => {
  served = await trainServed();
  writeFileSync(join(served.root, "hall.mtl"), capped);
  server = await openServer({ path: served.artifact, engine: "cpu", workers: 0, poll: 0 });
}, 60_000);

afterAll(async () => {
  await server.close();
  served.remove();
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & {
    readonly items: readonly { readonly id: string; readonly score: number }[];
    readonly pageToken: string;
  };
}

async function ask(to: Server, body: unknown, url = "/v1/rank"): Promise<Answer> {
  const { statusCode, body: text } = await to.app.inject({ method: "POST", url, payload: body as object });
  return { status: statusCode, body: JSON.parse(text) as Answer["body"] };
}

const candidates = [
  { id: "a", uid: "u0", item: "i1", price: 2, tags: ["a", "b"] },
  { id: "b", uid: "u0", item: "i2", price: null, tags: [] },
  { id: "c", uid: "u0", item: "i3", price: 1, tags: ["b"] },
  { id: "d", uid: "u0", item: null, price: 4, tags: ["a"] },
];

describe("/v1/rank", () => {
  it("answers what `createRanker` answers in process, from features to the list", async () => {
    const ranker = await createRanker(served.artifact, { engine: "cpu" });
    const answer = await ranker.rank({ candidates });
    await ranker.close();
    const { status, body } = await ask(server, { candidates, now: 1_793_836_800, request: "q1" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      model: "taste",
      version: "1",
      request: "q1",
      ranking: "page",
      at: "2026-11-05T00:00:00.000Z",
      candidateCount: 4,
      items: answer.kind === "ranked" ? answer.list.items : [],
    });
    expect(body.items).toHaveLength(3);
  });

  it("explains what it is asked to", async () => {
    const { body } = await ask(server, { candidates, explain: ["b"] });
    expect(body["explanations"]).toMatchObject([{ id: "b", formula: { kind: "product" } }]);
    expect((await ask(server, { candidates })).body["explanations"]).toBeUndefined();
  });

  it("says what is wrong with a request, and which candidate it is", async () => {
    const wrong = candidates.map((row) => (row.id === "c" ? { ...row, price: "dear" } : row));
    expect(await ask(server, { candidates: wrong })).toMatchObject({
      status: 400,
      body: { code: "MTL7113", id: "c" },
    });
    for (const [body, error] of [
      [{ candidates, rankin: "page" }, "a request has no member `rankin`; did you mean `ranking`?"],
      [{ candidates: {} }, "`candidates` must be a list, and is an object"],
      [{ candidates: [1] }, "candidate 1 must be an object, and is a number"],
      [{ candidates, explain: 1 }, "`explain` must be true, or a list of identifiers of candidates"],
      [{ candidates, model: "x" }, "there is no model `x`; there is `taste`"],
      [{ candidates, ranking: "x" }, "there is no ranking `x`; the spec has `page`"],
      [{ candidates: [candidates[0], candidates[0]] }, "has two candidates `a`"],
    ] as const) {
      const answer = await ask(server, body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body["error"]).toContain(error);
    }
    expect((await ask(server, { candidates, ranking: "x" })).body["code"]).toBe("MTL7510");
    for (const body of [
      '{"candidates":[{"id":}]}',
      '{"candidates":[{"id":"a"}],"now":}',
      '{"candidates":[{"id":"a"}',
    ]) {
      const { statusCode, body: answer } = await server.app.inject({ method: "POST", url: "/v1/rank", body });
      expect([statusCode, answer]).toEqual([400, expect.stringContaining("the body is not JSON")]);
    }
  });

  it("is given up after the deadline that the client says", async () => {
    const { statusCode } = await server.app.inject({
      method: "POST",
      url: "/v1/rank",
      headers: { "x-request-timeout-ms": "0.0001" },
      payload: { candidates },
    });
    expect(statusCode).toBe(504);
  });

  it("counts what the network has seen", async () => {
    const { body } = await server.app.inject("/metrics");
    expect(body).toMatch(/mtlc_ranked_requests_total\{model="taste",version="1",ranking="page"\} \d/);
    expect(body).toMatch(/mtlc_score\{model="taste",version="1",head="ctr",quantile="0.5"\} 0\.\d+/);
    expect(body).toMatch(/mtlc_missing_values_total\{model="taste",feature="price"\} \d/);
    expect(body).toMatch(/mtlc_stage_seconds_count\{stage="list"\} \d/);
  });
});

describe("pages", () => {
  it("go on after the token of the page before, and windows with them", async () => {
    const hall = await openServer({ path: join(served.root, "hall.mtl"), workers: 0, poll: 0 });
    const rows = [
      { id: "1", ctr: 0.9, brand: "x" },
      { id: "2", ctr: 0.8, brand: "y" },
      { id: "3", ctr: 0.7, brand: "y" },
      { id: "4", ctr: 0.6, brand: "z" },
      { id: "5", ctr: 0.5, brand: "banned" },
    ];
    const asked = { candidates: rows, values: { user: "u1" }, request: "q", seed: 7 };
    const first = await ask(hall, asked);
    expect(first.body.items.map(({ id }) => id)).toEqual(["1", "2"]);
    const { request: _request, seed: _seed, ...again } = asked;
    const second = await ask(hall, { ...again, after: first.body.pageToken });
    // The brand of the last item before is not the first of this page.
    expect(second.body).toMatchObject({ request: "q", seed: 7, alreadyShown: ["1", "2"] });
    expect(second.body.items.map(({ id }) => id)).toEqual(["4", "3"]);
    const third = await ask(hall, { ...again, after: second.body.pageToken });
    expect(third.body.items).toEqual([]);
    expect(third.body.pageToken).toBeUndefined();
    const damaged = `${first.body.pageToken.slice(0, -2)}AA`;
    expect((await ask(hall, { ...again, after: damaged })).body["error"]).toMatch(/^a page token is damaged/);
    expect((await ask(hall, { ...again, after: first.body.pageToken, page: 2 })).body["error"]).toMatch(
      /leave out `page`/,
    );

    const { body } = await hall.app.inject("/metrics");
    expect(body).toContain('mtlc_removed_candidates_total{model="hall",ranking="page",rule="home.banned"} 3');
    expect(body).toContain('mtlc_left_out_candidates_total{model="hall",ranking="page",reason="shown"} 6');
    expect(body).toMatch(/mtlc_arm_requests_total\{model="hall",experiment="heavier",arm="(?:control|heavy)"\} 3/);
    await hall.close();
  });
});

describe("arms", () => {
  it("are those of the request's unit, on every page and server, and set what formulas read", async () => {
    const free = join(served.root, "free.mtl");
    writeFileSync(free, capped.replace(/^ +cap .*\n/gm, ""));
    const rows = ["1", "2", "3"].map((id) => ({ id, ctr: 0.5, brand: id }));
    const scores = new Map<unknown, Set<number>>();
    for (let i = 0; i < 2; i++) {
      const hall = await openServer({ path: free, workers: 0, poll: 0 });
      for (let unit = 0; unit < 6; unit++) {
        const asked = { candidates: rows, values: { user: `u${unit}` } };
        const first = await ask(hall, asked);
        const second = await ask(hall, { ...asked, after: first.body.pageToken });
        const { heavier: arm } = first.body["arms"] as Readonly<Record<string, string>>;
        expect(second.body["arms"]).toEqual({ heavier: arm });
        for (const { score } of [...first.body.items, ...second.body.items])
          scores.set(arm, (scores.get(arm) ?? new Set()).add(score));
      }
      await hall.close();
    }
    expect(scores).toEqual(
      new Map([
        ["control", new Set([0.5])],
        ["heavy", new Set([0.25])],
      ]),
    );
    const hall = await openServer({ path: free, workers: 0, poll: 0 });
    const forced = await ask(hall, { candidates: rows, values: { user: "u1" }, arms: { heavier: "heavy" } });
    expect(forced.body.items[0]?.score).toBe(0.25);
    await hall.close();
  });
});

describe("caps", () => {
  it("hold over all requests, and over servers that share a store", async () => {
    const options = {
      path: join(served.root, "hall.mtl"),
      workers: 0,
      poll: 0,
      store: `sqlite:${join(served.root, "permits.db")}`,
    };
    const asked = {
      candidates: [
        { id: "1", ctr: 0.9, brand: "x" },
        { id: "2", ctr: 0.8, brand: "y" },
      ],
      values: { user: "u1" },
    };
    const shown = new Map<string, number>();
    for (let round = 0; round < 2; round++) {
      const hall = await openServer(options);
      for (let i = 0; i < 2; i++) {
        const { status, body } = await ask(hall, asked);
        expect(status).toBe(200);
        for (const { id } of body.items) shown.set(id, (shown.get(id) ?? 0) + 1);
      }
      await hall.close();
    }
    expect([...shown]).toEqual([
      ["1", 2],
      ["2", 2],
    ]);
  });
});
