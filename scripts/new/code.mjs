// A new diagnostic: its row under the next free code of its group, and for what a spec can get wrong the spec that has it and the
// one without.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pretty, read } from "./edit.mjs";
import { Refused } from "./refused.mjs";

const folder = "src/compiler/diagnostics/catalogue";

/** The files of the catalogue by their groups: `{ lint: ".../spec/lint.ts", … }`. */
function groupsOf(root) {
  const found = ["spec", "run"].flatMap((part) => {
    if (!existsSync(join(root, folder, part)))
      throw new Refused(`${folder}/${part} is missing: the tree has another layout than scripts/new expects`);
    return readdirSync(join(root, folder, part))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => [file.replace(/\.ts$/, ""), `${folder}/${part}/${file}`]);
  });
  return Object.fromEntries(found);
}

const row = (code, slug, severity) => `  ${code}: {
    slug: "${slug}",
    severity: "${severity}",
    title: "TODO: the error in a few words",
    message: (p: { name: string }) => \`TODO: what is wrong with \\\`\${p.name}\\\`, and what is valid\`,
    about: "TODO: what the code means, and how it comes about.",
    fix: "TODO: how to fix it.",
  },
`;

const failing = (code) => `// TODO: a spec in which only this is wrong, so that ${code} is all that the compiler says.
model m
`;

const passing = `// TODO: the same spec, fixed.
model m
`;

/** Writes a row and its fixtures: `lint/empty-rules` is the slug `empty-rules` in the group `lint`. */
async function createCode(root, name) {
  const groups = groupsOf(root);
  const [group = "", slug = "", ...more] = name.split("/");
  if (slug === "" || more.length > 0 || !Object.hasOwn(groups, group))
    throw new Refused(
      `\`${name}\` does not name a code: write GROUP/SLUG, such as \`lint/empty-rules\`; groups are ${Object.keys(groups).join(", ")}`,
    );
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug))
    throw new Refused(
      `\`${slug}\` cannot name a code: slugs are lower-case words with \`-\` between them, such as \`empty-rules\``,
    );
  const texts = Object.entries(groups).map(([key, path]) => [key, read(root, path)]);
  const rows = texts.flatMap(([key, text]) =>
    [...text.matchAll(/^ {2}MTL(\d{4}): \{\s*slug: "([^"]+)"/gm)].map(([, code, of]) => ({
      key,
      code: Number(code),
      of,
    })),
  );
  const known = rows.find((each) => each.of === slug);
  if (known !== undefined) throw new Refused(`\`${slug}\` exists: MTL${known.code} in ${groups[known.key]}`);
  const taken = new Set(rows.map(({ code }) => code));
  let next = Math.max(...rows.filter(({ key }) => key === group).map(({ code }) => code)) + 1;
  while (taken.has(next)) next += 1;
  const code = `MTL${next}`;
  const path = groups[group];
  const isSpec = path.includes("/spec/");
  const text = read(root, path);
  const end = text.lastIndexOf("});");
  if (end < 0) throw new Refused(`${path} has no table to put a row into`);
  const severity = group === "lint" ? "warning" : "error";
  const specs = `test/semantics/specs/${code}`;
  const fixtures = isSpec ? { [`${specs}/fail.mtl`]: failing(code), [`${specs}/pass.mtl`]: passing } : {};
  return {
    files: { [path]: await pretty(`${text.slice(0, end)}${row(code, slug, severity)}${text.slice(end)}`), ...fixtures },
    next: isSpec
      ? [
          `fill in ${path} and ${specs} (each TODO)`,
          `report it where the compiler finds it: context.reporter.report("${code}", { name }, span)`,
          "`npx vitest run test/semantics/codes.test.ts test/diagnostics --update`, and read fail.txt and the page that it writes",
          "add a line to CHANGELOG.md; `npm run check`",
        ]
      : [
          `fill in ${path} (each TODO)`,
          `throw it where it comes about: createFailure("${code}", { name })`,
          `add what triggers it to test/cli/run-time-codes.test.ts`,
          "`npx vitest run test/diagnostics --update`, and read the page that it writes",
          "add a line to CHANGELOG.md; `npm run check`",
        ],
  };
}

export const codeKinds = { code: createCode };
