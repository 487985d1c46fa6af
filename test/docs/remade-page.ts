/** A page of docs/ whose boxes are made by running what is in them. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCall } from "../../src/cli/arguments.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { verbs } from "../../src/cli/commands/index.js";
import { root } from "./pages.js";

/** What a command prints on standard output, in the project's folder; `out/` is the given folder. */
async function outputOf(line: string, folder: string): Promise<string> {
  const words = line.split(" ").map((word) => word.replace(/^out\//, `${folder}/`));
  const [program = "", name = "", ...rest] = words;
  if (program === "node") {
    const { stdout, stderr } = spawnSync(process.execPath, [name, ...rest], { cwd: root, encoding: "utf8" });
    return `${stdout}${stderr}`.trimEnd();
  }
  const command = verbs.find(({ spec }) => spec.name === name);
  if (program !== "mtlc" || command === undefined) throw new Error(`there is no command ${line}`);
  let text = "";
  await command.run(parseCall(command.spec, rest), {
    ...createTerminal({ NO_COLOR: "1" }),
    out: (more) => (text += more),
    err: () => undefined,
  });
  return text.replaceAll(`${folder}/`, "out/").trimEnd();
}

/** The spec without its tests. */
function specText(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  return text.slice(0, text.indexOf('\ntest "')).trimEnd();
}

/**
 * The page with its boxes made again: a `console` block by its command, and a plain `mtl` block by the spec that the line
 * above it links.
 */
export async function remadePage(page: string, folder: string): Promise<string> {
  const before = process.cwd();
  process.chdir(root);
  try {
    const parts: string[] = [];
    for (const part of page.split(/(^```.+\n[^]*?^```$)/m)) {
      const line = /^```console\n\$ (.*)$/m.exec(part)?.[1];
      const link = /\]\(\.\.\/(specs\/[\w/.]+\.mtl)\)\s*$/.exec(parts.at(-1) ?? "")?.[1];
      if (line !== undefined) parts.push(`\`\`\`console\n$ ${line}\n${await outputOf(line, folder)}\n\`\`\``);
      else if (part.startsWith("```mtl\n") && link !== undefined) parts.push(`\`\`\`mtl\n${specText(link)}\n\`\`\``);
      else parts.push(part);
    }
    return parts.join("");
  } finally {
    process.chdir(before);
  }
}
