// A page of a ranking, and a report of its first item: node client.mjs http://localhost:8080 request.json
import { readFileSync } from "node:fs";
import { createClient, ServeError } from "mtlc/client";

const [url, path] = process.argv.slice(2);
const client = createClient({ url, token: process.env.MTLC_TOKEN, timeout: 5000 });
try {
  const page = await client.rank(JSON.parse(readFileSync(path, "utf8")));
  for (const { id, score } of page.items) console.log(id, score);
  if (page.items.length > 0)
    console.log(await client.reportExposures([{ pageToken: page.pageToken, items: [page.items[0].id] }]));
} catch (error) {
  if (!(error instanceof ServeError)) throw error;
  console.error(error.kind, error.code ?? "", error.message);
  process.exitCode = 1;
}
