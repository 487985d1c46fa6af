/** Where there is no WebAssembly, plain lines are read by loops, to the same bytes. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { categorical, event, folderWith, numeric, openIn, source, spec } from "./fixtures.js";

describe("without WebAssembly", () => {
  afterEach(() => {
    vi.doUnmock("../../src/runtime/web-assembly.js");
    vi.resetModules();
  });

  it("lines and texts are read as with it", async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => {
      const text = ["", `${i % 13}`, "a text that is long", `w${i % 5}`][i % 4]!;
      return `${text},${i % 3 === 0 ? -i / 8 : i},${i % 2}`;
    });
    const files = { "a.csv": `a,b,c\n${lines.join("\n")}\n` };
    const asked = spec({ train: source("a.csv") }, [categorical("a"), numeric("b")], [event("c")]);
    const read = async (open: typeof openIn): Promise<unknown> => {
      const { fitted, train } = await open(folderWith(files), asked);
      return { fitted, hash: train?.hash, report: train?.report };
    };
    const withIt = await read(openIn);
    vi.resetModules();
    vi.doMock("../../src/runtime/web-assembly.js", () => ({ webAssembly: undefined }));
    const { textKernels } = await import("../../src/runtime/data/kernels/index.js");
    expect(textKernels()).toBeUndefined();
    const fixtures = await import("./fixtures.js");
    expect(await read(fixtures.openIn)).toEqual(withIt);
  });
});
