/** What random numbers, runs and resamplings say: distributions, means with their intervals, the bootstrap, seeded draws. */
export * from "./bootstrap.js";
export * from "./distributions.js";
export * from "./draws.js";
export * from "./interval.js";
export * from "./summary.js";
