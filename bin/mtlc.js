#!/usr/bin/env node
import { loadProgram } from "./program.js";

const [, , ...words] = process.argv;
const program = loadProgram(words[0]);
if (program === undefined) {
  process.stderr.write("mtlc is not built yet: run `npm run setup` in the clone\n");
  process.exitCode = 2;
} else {
  process.exitCode = await program.run(words);
  program.keepCode();
}
