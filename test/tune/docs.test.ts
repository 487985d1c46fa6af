import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../cli/run-cli.js";

const page = join(root, "docs/tuning.md");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-tuning-docs-"));
  cpSync(join(root, "specs/examples/tuning"), folder, { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command of the page prints, run where the example lies. How long it took is left out. */
function outputOf(command: string): string {
  const script = `mtlc() { "${process.execPath}" "${join(root, "bin/mtlc.js")}" "$@"; }\n${command}`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}\n${stderr}`);
  // White space at the end of a line would not outlive the formatter.
  return stdout.replaceAll(/, \d+(?:\.\d+)?s$/gm, "").replaceAll(/ +$/gm, "");
}

it("the page on tuning shows what its commands print", async () => {
  const text = readFileSync(page, "utf8");
  const made = text.replaceAll(/```console\n\$ ((?:.*[\\|]\n)*.*)\n[^]*?```/g, (_, command: string) => {
    return `\`\`\`console\n$ ${command}\n${outputOf(command)}\`\`\``;
  });
  await expect(made).toMatchFileSnapshot(page);
  const front = readFileSync(join(folder, "charts/front.svg"), "utf8");
  await expect(front).toMatchFileSnapshot(join(root, "docs/images/tuning-front.svg"));
}, 120_000);
