import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runExplain } from "../../src/cli/commands/explain/run.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { explainView } from "../../src/cli/commands/explain/view.js";
import { specText } from "../../src/compiler/describe/index.js";
import { format } from "../../src/compiler/format/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { root } from "../semantics/compile.js";

const terminal = createTerminal({ NO_COLOR: "1" });
const explain = async (name: string): Promise<string> => explainView.human((await runExplain(name)).result, terminal);

describe("mtlc explain SPEC", () => {
  it.each(["examples/feed", "census/mmoe_with_education", "examples/mall_fusion", "examples/division"])(
    "%s: every default, as one file",
    async (name) => {
      const path = join(root, "specs", `${name}.mtl`);
      const text = await explain(path);
      await expect(text).toMatchFileSnapshot(`golden/explain-${name.replace("/", "-")}.mtl`);
      expect(text).not.toContain("import");
      const { result } = await runExplain(path);
      const { hash } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
      expect(result).toMatchObject({ kind: "spec", hash });
    },
  );

  it("says nothing more of what it said", async () => {
    const text = await explain(join(root, "specs/examples/feed.mtl"));
    const { model } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
    expect(model).toBeDefined();
    if (model !== undefined) expect(await format(specText(model))).toBe(text);
  });
});

describe("mtlc explain CODE", () => {
  it("says what a code means, in small letters too", async () => {
    expect(await explain("MTL4003")).toContain("4003");
    expect((await runExplain("mtl8007")).result).toMatchObject({ code: "MTL8007", title: "unreadable file" });
    expect(explainView.json((await runExplain("MTL8007")).result)).toHaveProperty("kind", "code");
  });

  it("says the same by the slug", async () => {
    expect(await explain("gate-width")).toBe(await explain("MTL3008"));
    expect((await runExplain("overflow")).result).toMatchObject({ code: "MTL5004", slug: "overflow" });
  });

  it("knows no other", async () => {
    await expect(runExplain("MTL9999999")).rejects.toThrow("MTL8024");
    await expect(runExplain("gate-widht")).rejects.toThrow("did you mean `gate-width`?");
    await expect(runExplain("model.mtl")).rejects.not.toThrow("MTL8024");
  });
});
