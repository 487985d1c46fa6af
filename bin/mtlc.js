#!/usr/bin/env node
// CommonJS, as the program is: Node's loader of ES modules takes longer than a check of a small spec.
"use strict";
const { loadProgram } = require("./program.js");

const [, , ...words] = process.argv;
const program = loadProgram(words[0]);
if (program === undefined) {
  process.stderr.write("mtlc is not built yet: run `npm run setup` in the clone\n");
  process.exitCode = 2;
} else {
  program.run(words).then((code) => {
    process.exitCode = code;
    program.keepCode();
  });
}
