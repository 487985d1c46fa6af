import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../report.js";

/** A text that the build made. */
export function readBuilt(path: string): string {
  return readFileSync(join(projectRoot, "dist", path), "utf8");
}
