// Everything a fresh clone needs: packages, the build, the native engine, LightGBM, DuckDB's extensions, and `npx mtlc`. Quick when nothing changed.
// MTLC_ENGINE=wasm (or cpu) leaves the native engine out.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const report = (line) => process.stderr.write(`set-up: ${line}\n`);

/**
 * npm writes `.package-lock.json` last, so it is as new as the packages. A plain `npm install` runs the script of tfjs-node,
 * which downloads from a host that many networks block, and npm then drops the package: it is installed here, without.
 */
function packagesAreCurrent() {
  const installed = join(root, "node_modules", ".package-lock.json");
  return (
    existsSync(installed) &&
    existsSync(join(root, "node_modules", "@tensorflow", "tfjs-node")) &&
    statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

function installPackages() {
  report("installing packages");
  // On Windows npm is a script that needs a shell.
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("`npm ci` failed");
}

/** npm links the commands of dependencies, not the package's own: `npx mtlc` in the clone needs this. */
function linkCommand() {
  const target = join("..", "..", "bin", "mtlc.js");
  const link = join(root, "node_modules", ".bin", "mtlc");
  chmodSync(join(root, "bin", "mtlc.js"), 0o755);
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // Not there yet.
  }
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

async function setUpEngines() {
  const engine = process.env["MTLC_ENGINE"];
  const isWanted = (name) => engine === undefined || engine === "" || engine === name;
  if (isWanted("fused")) {
    const { setUpSteps } = await import("../dist/runtime/engine/fused/addon.js");
    const problem = await setUpSteps(report);
    if (problem !== undefined) report(`no fused engine, so native trains, slower: ${problem}`);
  }
  if (!isWanted("native")) return;
  const { setUpNative } = await import("../dist/runtime/engine/native-setup.js");
  const result = await setUpNative({ report });
  if (result.kind === "ready" && result.installed) report(`the native engine is ready in ${dirname(result.path)}`);
  if (result.kind === "unavailable") report(`no native engine, so wasm runs, slower: ${result.reason}`);
}

async function setUpTrees() {
  const { setUpLightGbm } = await import("../dist/runtime/trees/setup.js");
  const result = await setUpLightGbm({ report });
  if (result.kind === "ready" && result.installed) report(`LightGBM is ready in ${dirname(result.path)}`);
  if (result.kind === "unavailable") report(`no LightGBM, so no trees can be made: ${result.reason}`);
}

async function setUpDuckDb() {
  const { setUpExtensions } = await import("../dist/runtime/data/files/remote/setup.js");
  for (const [name, result] of await setUpExtensions({ report })) {
    if (result.kind === "ready" && result.installed) report(`DuckDB's ${name} is ready in ${dirname(result.path)}`);
    if (result.kind === "unavailable") report(`no ${name}, so data that needs it is not read: ${result.reason}`);
  }
}

try {
  if (!packagesAreCurrent()) installPackages();
  if (await build()) report("built dist");
  linkCommand();
  await setUpEngines();
  await setUpTrees();
  await setUpDuckDb();
} catch (error) {
  report(error.message);
  process.exitCode = 1;
}
