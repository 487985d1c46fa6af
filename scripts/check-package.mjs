// What package.json says agrees with the lock file, the extension and the changelog: `node scripts/check-package.mjs`.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

const manifest = json("package.json");
const lock = json("package-lock.json");
const extension = json("editors/vscode/package.json");
const locked = lock.packages[""];
const problems = [];

for (const group of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
  const wanted = manifest[group] ?? {};
  const found = locked[group] ?? {};
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)]))
    if (wanted[name] !== found[name])
      problems.push(
        `${group}: ${name} is ${wanted[name] ?? "missing"} in package.json and ${found[name] ?? "missing"} in package-lock.json; run \`npm install --ignore-scripts\``,
      );
  if (group === "peerDependencies") continue;
  for (const [name, version] of Object.entries(wanted))
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      problems.push(
        `${group}: ${name} is ${version}; versions are exact here, as \`npm install --save-exact\` writes them`,
      );
}
if (locked.version !== manifest.version)
  problems.push(`package-lock.json is of version ${locked.version}, package.json of ${manifest.version}`);
if (extension.version !== manifest.version)
  problems.push(`editors/vscode/package.json is of version ${extension.version}, package.json of ${manifest.version}`);
const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
if (!changelog.includes(`## ${manifest.version} (`) && !changelog.includes(`this becomes ${manifest.version}`))
  problems.push(`CHANGELOG.md does not mention ${manifest.version}`);
for (const path of manifest.files.filter((path) => !path.startsWith("!") && !/[*]/.test(path) && path !== "dist"))
  if (!existsSync(join(root, path))) problems.push(`package.json ships ${path}, which does not exist`);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
