// A process that runs command lines one after another as `bin/mtlc.js` runs one: the program, and the engines that it loads, are there once.
import { loadProgram } from "../../bin/program.js";

const { run } = loadProgram("test");
const { argv, env, stdout, stderr } = process;
const ours = { ...env };
stdout.setMaxListeners(0);
stderr.setMaxListeners(0);

/** Keeps what is written to a stream; returns what puts the stream back, and gives the text. */
function hear(stream) {
  let text = "";
  const { write } = stream;
  stream.write = (chunk, encoding, done) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const settled = typeof encoding === "function" ? encoding : done;
    if (settled) process.nextTick(settled);
    return true;
  };
  return () => {
    stream.write = write;
    return text;
  };
}

process.on("message", async ({ words, cwd, environment }) => {
  for (const name of Object.keys(env)) if (!(name in ours)) delete env[name];
  Object.assign(env, ours, environment);
  process.chdir(cwd);
  argv.splice(2, argv.length, ...words);
  process.exitCode = undefined;
  const [out, err] = [hear(stdout), hear(stderr)];
  const code = await run(words);
  process.send({ code: process.exitCode ?? code, out: out(), err: err() });
});
process.on("disconnect", () => process.exit());
