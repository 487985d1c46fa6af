// A worker of side-by-side.test.ts: doubles the numbers that it gets, and ends at one that it cannot.
process.on("message", ({ value }) => {
  if (value < 0) process.exit(3);
  process.send({ doubled: 2 * value, threads: process.env.MTLC_THREADS, by: process.pid });
});
process.on("disconnect", () => process.exit());
