import { defineDiagnostics } from "../../define.js";

/** MTL753x and MTL754x: stores of exposure permits, and the flow control that runs on them. */
export const flowDiagnostics = defineDiagnostics({
  MTL7530: {
    slug: "sqlite-unavailable",
    severity: "error",
    title: "SQLite unavailable",
    message: (p: { platform: string }) =>
      `the package \`libsql\` has no binary for ${p.platform}, or was left out when \`mtlc\` was installed; install it with \`npm install libsql\`, or give a Redis store`,
    about: "Exposure caps are stored in SQLite, whose binary for this platform is not installed.",
    fix: "Install it, or use a Redis store.",
  },
  MTL7531: {
    slug: "unreachable-permit-store",
    severity: "error",
    title: "permit store cannot be opened",
    message: (p: { store: string; problem: string }) => `the ${p.store} cannot be opened: ${p.problem}`,
    about: "The store of exposure permits is not reachable, or its file cannot be opened.",
    fix: "Check the URL or the path that the message names.",
  },
  MTL7532: {
    slug: "newer-permit-store",
    severity: "error",
    title: "permit store of a newer mtlc",
    message: (p: { store: string; found: number; known: number }) =>
      `the ${p.store} was written by a newer \`mtlc\` (layout ${p.found}; this one knows ${p.known}); use that version, or another store`,
    about: "A newer version wrote the store and changed its layout.",
    fix: "Use that version, or another store; counters are never guessed.",
  },
  MTL7533: {
    slug: "unknown-permit-store",
    severity: "error",
    title: "unknown permit-store URL",
    message: (p: { found: string }) =>
      `\`${p.found}\` is not a permit-store URL; it may be \`memory:\`, \`sqlite:FILE\`, a file ending in \`.db\` or \`.sqlite\`, \`redis://HOST[:PORT][/DATABASE]\` or \`rediss://…\``,
    about: "The URL of the store has none of the known forms.",
    fix: "Write one of the forms that the message lists.",
  },
  MTL7534: {
    slug: "redis-evicts",
    severity: "warning",
    title: "Redis may evict counters",
    message: (p: { store: string; policy: string }) =>
      `the ${p.store} evicts keys when its memory is full (\`maxmemory-policy\` is \`${p.policy}\`), and an evicted counter starts at 0 again; set it to \`noeviction\``,
    about:
      "The Redis server evicts keys when it runs out of memory, and a cap whose counter is evicted starts at 0 again.",
    fix: "Set `maxmemory-policy` to `noeviction`.",
  },
  MTL7535: {
    slug: "redis-not-persistent",
    severity: "warning",
    title: "Redis does not persist counters",
    message: (p: { store: string }) =>
      `the ${p.store} writes nothing to disk (\`appendonly\` is \`no\`), and after a restart every counter starts at 0 again; set \`appendonly\` to \`yes\``,
    about: "The Redis server writes nothing to disk, and after a restart every cap starts at 0 again.",
    fix: "Set `appendonly` to `yes`.",
  },
});
