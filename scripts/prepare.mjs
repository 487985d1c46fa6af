// Before a package is packed or installed from its repository: compiles dist, with the compiler that the lock file names.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
try {
  if (!existsSync(join(root, "node_modules", "typescript"))) {
    process.stderr.write("prepare: installing packages\n");
    const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
    if (npm.status !== 0)
      throw new Error("the packages that compile `dist` cannot be installed: run `npm run setup` first");
  }
  await build();
} catch (error) {
  process.stderr.write(`prepare: ${error.message}\n`);
  process.exitCode = 1;
}
