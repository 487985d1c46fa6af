// Compiles the benchmarks aside and runs one: `npm run bench -- NAME [options]`; without a name it lists them.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, ".mtlc", "bench");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
// TensorFlow's own log lines are not part of a table.
const env = { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env };
const node = (...words) => spawnSync(process.execPath, words, { cwd: root, stdio: "inherit", env }).status ?? 1;

mkdirSync(out, { recursive: true });
// Modules find the version two folders above themselves, as in dist.
copyFileSync(join(root, "package.json"), join(out, "package.json"));
// What the build bundles for artifacts is found there, too, and so are the threads.
for (const folder of ["dist", "bin", "native"].filter((name) => !existsSync(join(out, name))))
  symlinkSync(join(root, folder), join(out, folder), "dir");
process.exitCode =
  node(compiler, "-p", "tsconfig.bench.json", "--incremental", "--tsBuildInfoFile", join(out, ".tsbuildinfo")) ||
  node(join(out, "bench", "main.js"), ...process.argv.slice(2));
