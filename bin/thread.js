// A thread of the program, with its code cache: the file of `dist/program` that it runs, and the verb of the command, are its words.
"use strict";
const { runThread } = require("./program.js");

const [, , entry, verb] = process.argv;
runThread(entry, verb);
