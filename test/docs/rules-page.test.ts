import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCall } from "../../src/cli/arguments.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { verbs } from "../../src/cli/verbs/index.js";
import { root } from "./pages.js";

const path = join(root, "docs/rules.md");

/** What the command prints on standard output; `npm test` and `npm run accept` run in the project's folder. */
async function outputOf(line: string): Promise<string> {
  const [, name = "", ...words] = line.split(" ");
  const command = verbs.find(({ spec }) => spec.name === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  let text = "";
  await command.run(parseCall(command.spec, words), {
    ...createTerminal({ NO_COLOR: "1" }),
    out: (more) => (text += more),
  });
  return text.trimEnd();
}

/** The spec without its tests. */
function specText(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  return text.slice(0, text.indexOf('\ntest "')).trimEnd();
}

/** The page with every box made anew. */
async function remade(page: string): Promise<string> {
  const parts: string[] = [];
  let link = "";
  for (const part of page.split(/(^```\w+\n[^]*?^```$)/m)) {
    const line = /^```console\n\$ (.*)$/m.exec(part)?.[1];
    if (line !== undefined) parts.push(`\`\`\`console\n$ ${line}\n${await outputOf(line)}\n\`\`\``);
    else if (part.startsWith("```mtl")) parts.push(`\`\`\`mtl\n${specText(link)}\n\`\`\``);
    else {
      link = /\]\(\.\.\/(specs\/[\w/.]+\.mtl)\)\s*$/.exec(part)?.[1] ?? link;
      parts.push(part);
    }
  }
  return parts.join("");
}

describe("docs/rules.md", () => {
  it("shows what the commands print", async () => {
    const folder = process.cwd();
    try {
      process.chdir(root);
      await expect(await remade(readFileSync(path, "utf8"))).toMatchFileSnapshot(path);
    } finally {
      process.chdir(folder);
    }
  });
});
