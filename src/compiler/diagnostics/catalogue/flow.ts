import { defineDiagnostics } from "../define.js";

/** MTL753x and MTL754x: stores of exposure permits, and the flow control that runs on them. */
export const flowDiagnostics = defineDiagnostics({
  MTL7530: {
    severity: "error",
    title: "no SQLite for this platform",
    message: (p: { platform: string }) =>
      `the package \`libsql\` has no binary for ${p.platform}, or was left out when \`mtlc\` was installed; install it with \`npm install libsql\`, or give a Redis store`,
  },
  MTL7531: {
    severity: "error",
    title: "permit store that cannot be opened",
    message: (p: { store: string; problem: string }) => `the ${p.store} cannot be opened: ${p.problem}`,
  },
  MTL7532: {
    severity: "error",
    title: "permit store of a newer version",
    message: (p: { store: string; found: number; known: number }) =>
      `the ${p.store} was written by a newer \`mtlc\` (layout ${p.found}; this one knows ${p.known}); use that version, or another store`,
  },
  MTL7533: {
    severity: "error",
    title: "text that names no permit store",
    message: (p: { found: string }) =>
      `\`${p.found}\` names no permit store; it may be \`memory:\`, \`sqlite:FILE\`, a file ending in \`.db\` or \`.sqlite\`, \`redis://HOST[:PORT][/DATABASE]\` or \`rediss://…\``,
  },
  MTL7534: {
    severity: "warning",
    title: "Redis that may forget counters",
    message: (p: { store: string; policy: string }) =>
      `the ${p.store} drops keys when its memory is full (\`maxmemory-policy\` is \`${p.policy}\`), and a dropped counter starts at 0 again; set it to \`noeviction\``,
  },
  MTL7535: {
    severity: "warning",
    title: "Redis that keeps counters in memory alone",
    message: (p: { store: string }) =>
      `the ${p.store} writes nothing to disk (\`appendonly\` is \`no\`), and after a restart every counter starts at 0 again; set \`appendonly\` to \`yes\``,
  },
});
