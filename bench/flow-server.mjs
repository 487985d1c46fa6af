// One server of the flow benchmark and its tests: a process that may be killed at any moment.
// node flow-server.mjs FLOW-MODULE JSON, where the JSON has { mode, store, server, caps, values, pause }.
//
// mode `serve`: shows lists of ten values while permits last and writes a line for each. It writes to a pipe without a
//   buffer of its own, so that what was shown before a kill -9 is known to the parent.
//     R                        serving begins
//     G session key granted    the store has acknowledged this grant
//     S i i i …                a list was shown: numbers of values
//     E                        nothing is left
//     C stranded               closed on SIGTERM
// mode `lease`: measures `count` leases of one counter each, one after the other, and writes their milliseconds as JSON.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const [modulePath, settings] = process.argv.slice(2);
const { createPermitLedger, openPermitStore } = await import(modulePath);
const { mode, store: place, server, cap, values, pause, now, count } = JSON.parse(settings);
const opened = await openWhenThere(place);

const write = (line) => writeSync(1, `${line}\n`);

if (mode === "lease") await measureLeases();
else await serve();

/** A store that was killed comes back soon. */
async function openWhenThere(text) {
  for (let tries = 0; ; tries += 1)
    try {
      return await openPermitStore(text);
    } catch (error) {
      if (tries > 200) throw error;
      await sleep(20);
    }
}

async function serve() {
  const store = {
    ...opened,
    lease: async (session, requests) => {
      const answers = await opened.lease(session, requests);
      for (const { key, granted } of answers) write(`G ${session} ${key} ${granted}`);
      return answers;
    },
  };
  const ledger = createPermitLedger(store, { caps: [cap], server, wait: 2000 });
  let ending = false;
  process.on("SIGTERM", () => (ending = true));
  const left = new Set(values.keys());
  write("R");
  for (let turn = 0; !ending; turn += 1) {
    const some = [...left];
    const numbers = Array.from({ length: Math.min(10, some.length) }, (_, i) => some[(turn * 7 + i) % some.length]);
    const spends = numbers.map((number) => ({ cap: cap.id, value: values[number], count: 1 }));
    let result = ledger.spend(spends, now);
    if (result.kind === "short") {
      await ledger.prepare(result.short, now);
      result = ledger.spend(spends, now);
    }
    if (result.kind === "spent") write(`S ${numbers.join(" ")}`);
    else if (ledger.status().store.kind === "up")
      for (const { value } of result.short) left.delete(values.indexOf(value));
    else await sleep(20);
    if (left.size === 0) {
      write("E");
      break;
    }
    await (pause > 0 ? sleep(pause) : new Promise(setImmediate));
  }
  write(`C ${(await ledger.close()).stranded}`);
  await opened.close();
  process.exit(0);
}

async function measureLeases() {
  const session = `${server}#${process.pid}`;
  const key = JSON.stringify([cap.scope, values[0], "w"]);
  const ends = now + 86_400_000;
  let spent = 0;
  const times = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const started = performance.now();
    const [answer] = await opened.lease(session, [{ key, limit: cap.limit, ends, spent, sequence, need: 1 }]);
    times.push(performance.now() - started);
    spent = answer.granted;
  }
  write(JSON.stringify({ granted: spent, times }));
  await opened.close();
}
