// Lines put into files that hold a table: each function gives the new text, in the layout of Prettier.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { Refused } from "./refused.mjs";

/** The text of a file of the tree; refuses where the tree has another layout than this script knows. */
export function read(root, path) {
  if (!existsSync(join(root, path)))
    throw new Refused(`${path} is missing: the tree has another layout than scripts/new expects`);
  return readFileSync(join(root, path), "utf8");
}

/** TypeScript as `npm run format` writes it. */
export function pretty(text) {
  return format(text, { parser: "typescript", printWidth: 120 });
}

/** `import { name } from "from";` among the imports that begin alike, in the order of their paths. */
export function withImport(text, name, from) {
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  const lines = text.split("\n");
  const siblings = lines.flatMap((line, at) => {
    const found = /^import .* from "([^"]+)";$/.exec(line)?.[1];
    return found?.startsWith(folder) === true && !found.slice(folder.length).includes("/") ? [{ at, found }] : [];
  });
  if (siblings.length === 0) throw new Refused(`no import of ${folder} to put a line beside`);
  const before = siblings.find(({ found }) => found > from)?.at ?? (siblings.at(-1)?.at ?? 0) + 1;
  return [...lines.slice(0, before), `import { ${name} } from "${from}";`, ...lines.slice(before)].join("\n");
}

/** `name` as the last element of `export const LIST…= [ … ]`. */
export function withElement(text, list, name) {
  const pattern = new RegExp(`(export const ${list}\\b[^=]*= \\[)([^\\]]*)\\]`);
  if (!pattern.test(text)) throw new Refused(`no list \`${list}\` to put \`${name}\` into`);
  return text.replace(pattern, (_, start, inside) => `${start}${inside.trim().replace(/,$/, "")}, ${name}]`);
}

/** `member` as the last one of `const OBJECT = { … }`. */
export function withMember(text, object, member) {
  const pattern = new RegExp(`(const ${object} = \\{)([^}]*)\\}`);
  if (!pattern.test(text)) throw new Refused(`no object \`${object}\` to put \`${member}\` into`);
  return text.replace(pattern, (_, start, inside) => `${start}${inside.trimEnd().replace(/,$/, "")}, ${member} }`);
}
