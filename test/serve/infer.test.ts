import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { routes } from "../../src/runtime/serve/routes/index.js";
import { openServer, type Server } from "../../src/runtime/serve/server.js";
import { malformed } from "./malformed.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
let server: Server;
/** What the artifact says of two rows, in this process. */
let expected: Readonly<Record<string, readonly number[]>>;

const rows = [
  { uid: "u0", item: "i1", price: 2, tags: ["a", "b"] },
  { uid: "u1", item: null, price: null, tags: [] },
];

beforeAll(async () => {
  served = await trainServed();
  server = await openServer({
    path: served.artifact,
    engine: "cpu",
    workers: 0,
    poll: 0,
    bodyBytes: 10_000,
    requestRows: 200,
  });
  const predictor = await loadPredictor(served.artifact, { engine: "cpu" });
  expected = Object.fromEntries(Object.entries(predictor.predict(rows)).map(([head, values]) => [head, [...values]]));
  predictor.close();
}, 60_000);

afterAll(async () => {
  await server.close();
  served.remove();
});

async function post(url: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const { statusCode, body: text } = await server.app.inject({ method: "POST", url, payload: body as object });
  return { status: statusCode, body: JSON.parse(text) as unknown };
}

describe("infer of KServe", () => {
  const inputs = [
    { name: "uid", shape: [2], datatype: "BYTES", data: ["u0", "u1"] },
    { name: "item", shape: [2], datatype: "BYTES", data: ["i1", null] },
    { name: "price", shape: [2], datatype: "FP64", data: [2, null] },
    { name: "tags", shape: [2], datatype: "BYTES", data: [["a", "b"], []] },
  ];

  it("answers what the artifact predicts in process", async () => {
    const { status, body } = await post("/v2/models/taste/infer", { id: "7", inputs });
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: "taste",
      model_version: "1",
      id: "7",
      outputs: Object.entries(expected).map(([name, data]) => ({ name, shape: [2], datatype: "FP32", data })),
    });
    expect(Object.keys(expected)).toEqual(["ctr", "cvr", "ctcvr"]);
  });

  it("answers the heads that are asked for, by a version", async () => {
    const asked = { inputs, outputs: [{ name: "cvr" }] };
    const { body } = await post("/v2/models/taste/versions/1/infer", asked);
    expect(body).toMatchObject({ outputs: [{ name: "cvr", data: expected["cvr"] }] });
    expect(await post("/v2/models/taste/infer", { inputs, outputs: [{ name: "x" }] })).toEqual({
      status: 400,
      body: { error: "there is no output `x`; there is ctr, cvr, ctcvr" },
    });
  });

  it("says what a model takes and gives", async () => {
    const { body } = await server.app.inject("/v2/models/taste");
    expect(JSON.parse(body)).toEqual({
      name: "taste",
      versions: ["1"],
      platform: "mtlc",
      inputs: [
        { name: "uid", datatype: "BYTES", shape: [-1] },
        { name: "item", datatype: "BYTES", shape: [-1] },
        { name: "price", datatype: "FP64", shape: [-1] },
        { name: "tags", datatype: "BYTES", shape: [-1, -1] },
      ],
      outputs: ["ctr", "cvr", "ctcvr"].map((name) => ({ name, datatype: "FP32", shape: [-1] })),
    });
  });
});

describe("predict of TensorFlow Serving", () => {
  it("answers rows by rows", async () => {
    const { status, body } = await post("/v1/models/taste:predict", { instances: rows });
    expect(status).toBe(200);
    const predictions = [0, 1].map((row) =>
      Object.fromEntries(Object.entries(expected).map(([head, values]) => [head, values[row]])),
    );
    expect(body).toEqual({ predictions });
  });

  it("answers columns by columns", async () => {
    const inputs = { uid: ["u0", "u1"], item: ["i1", null], price: [2, null], tags: [["a", "b"], []] };
    expect((await post("/v1/models/taste/versions/1:predict", { inputs })).body).toEqual({ outputs: expected });
  });

  it("says which versions there are", async () => {
    const { body } = await server.app.inject("/v1/models/taste");
    expect(JSON.parse(body)).toEqual({
      model_version_status: [{ version: "1", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }],
    });
  });
});

describe("calls at the same time", () => {
  it("share a batch, and a wrong one is its own matter", async () => {
    const [good, wrong, unlike] = await Promise.all([
      post("/v1/models/taste:predict", { instances: [rows[0]] }),
      post("/v1/models/taste:predict", { instances: [{ ...rows[0], price: "dear" }] }),
      post("/v1/models/taste:predict", { instances: [{ uid: "u0", item: "i1", price: 2 }] }),
    ]);
    expect(good.body).toMatchObject({ predictions: [{ ctr: expected["ctr"]?.[0] }] });
    expect(wrong).toMatchObject({ status: 400, body: { code: "MTL7113" } });
    expect(unlike).toMatchObject({ status: 400, body: { code: "MTL7210" } });
    const { body: text } = await server.app.inject("/metrics");
    expect(text).toMatch(/mtlc_batch_rows_bucket\{le="1",model="taste"\}/);
    expect(text).toMatch(/mtlc_missing_values_total\{model="taste",feature="price"\} 4\n/);
    expect(text).toMatch(/mtlc_score\{model="taste",version="1",head="ctr",quantile="0.5"\} 0\.\d+/);
    expect(text).toMatch(/mtlc_feature_drift\{model="taste",version="1",feature="price"\} -?\d/);
  });
});

it("is live and ready", async () => {
  expect(JSON.parse((await server.app.inject("/v2/health/live")).body)).toEqual({ live: true });
  expect(JSON.parse((await server.app.inject("/v2/health/ready")).body)).toEqual({ ready: true });
  expect(JSON.parse((await server.app.inject("/v2/models/taste/ready")).body)).toEqual({ name: "taste", ready: true });
});

describe("a request that is wrong", () => {
  it.each(malformed)(
    "is answered by its reason: $what",
    async ({ url, method = "POST", body, headers, status, reason }) => {
      const response = await server.app.inject({
        method,
        url: url ?? "/v2/models/taste/infer",
        ...(body === undefined ? {} : { payload: body }),
        headers: { "content-type": "application/json", ...headers },
      });
      const answer = JSON.parse(response.body) as { readonly error: string };
      expect(answer.error).toMatch(reason);
      expect(response.statusCode).toBe(status ?? 400);
      // Neither a trace nor where the server keeps its files.
      expect(response.body).not.toMatch(/\bat .*:\d+:\d+|node_modules|mtlc-serve-/);
    },
  );
});

it("describes itself", async () => {
  const { body } = await server.app.inject("/docs/openapi.json");
  const document = JSON.parse(body) as {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, object>>;
    readonly components: unknown;
  };
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths).toSorted()).toEqual([...new Set(routes.map(({ path }) => path))].toSorted());
  expect(document.paths["/v2/models/{model}/infer"]).toMatchObject({
    post: {
      parameters: [
        { name: "model", in: "path" },
        { name: "x-request-unit", in: "header" },
      ],
    },
  });
  expect(document.components).toMatchObject({
    schemas: {
      Row_taste: { required: ["uid", "item", "price", "tags"], properties: { tags: { type: ["array", "null"] } } },
    },
  });
  const page = await server.app.inject("/docs");
  expect(page.headers["content-security-policy"]).toBe("default-src 'none'; style-src 'unsafe-inline'");
  for (const { path } of routes) expect(page.body).toContain(path);
});
