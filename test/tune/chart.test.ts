import { describe, expect, it } from "vitest";
import { drawFront } from "../../src/runtime/tune/chart/front.js";
import { drawSensitivity } from "../../src/runtime/tune/chart/sensitivity.js";

describe("charts", () => {
  const front = [
    { x: 0.6, y: 0.9 },
    { x: 0.7, y: 0.8 },
    { x: 0.8, y: 0.5 },
  ];

  it("draw a front with production and the knee, the same each time", async () => {
    const chart = {
      xTitle: "gauc(click)",
      yTitle: "ndcg@10(value) <&>",
      trials: [{ x: 0.5, y: 0.5 }],
      broken: [{ x: 0.55, y: 0.4 }],
      front,
      production: { x: 0.5, y: 0.5 },
      knee: { x: 0.7, y: 0.8 },
    };
    const svg = await drawFront(chart);
    expect(svg.startsWith("<svg ")).toBe(true);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
    expect(svg).toContain(">gauc(click)<");
    expect(svg).toContain("ndcg@10(value) &lt;&amp;&gt;");
    expect(svg).toContain(">production<");
    expect(svg).toContain(">knee<");
    expect(await drawFront(chart)).toBe(svg);
  });

  it("draw a curve a parameter", async () => {
    const svg = await drawSensitivity("gauc(click)", [
      {
        param: "alpha",
        chosen: 0.2,
        production: 0.1,
        points: [
          { value: 0, objective: 0.5 },
          { value: 1, objective: 0.6 },
        ],
      },
      {
        param: "beta",
        chosen: 2,
        production: 1,
        points: [
          { value: 0, objective: 0.55 },
          { value: 10, objective: 0.5 },
        ],
      },
    ]);
    expect(svg).toContain(">alpha<");
    expect(svg).toContain(">beta<");
    expect(svg.match(/mark-line/g)?.length).toBe(2);
  });
});
