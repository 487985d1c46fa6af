/** The description of the interface as a page: text and a style only, so that it works under any policy and loads nothing from elsewhere. */
import { escapeMarkup } from "../../../compiler/text/index.js";
import type { DescribedModel } from "./openapi.js";
import type { Route, Schema } from "./route.js";

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h2{margin-top:2.5rem;border-bottom:1px solid #ddd}h3{margin:1.5rem 0 .25rem;font-size:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f6f6f6;padding:.75rem;overflow:auto}
table{border-collapse:collapse}td,th{padding:.15rem 1rem .15rem 0;text-align:left;vertical-align:top}`;

/** @param routes with a summary each, by tag in the order in which they come */
export function docsPage(routes: readonly Route[], models: readonly DescribedModel[]): string {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const parts = tags.map((tag) => {
    const own = routes.filter((route) => route.tag === tag);
    return `<h2>${escapeMarkup(tag)}</h2>\n${own.map(routePart).join("\n")}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mtlc serve</title><style>${style}</style></head><body>
<h1>mtlc serve</h1>
<p>For programs: <a href="/docs/openapi.json">OpenAPI 3.1</a>.</p>
${models.map(modelPart).join("\n")}
${parts.join("\n")}
</body></html>
`;
}

function modelPart({ name, description }: DescribedModel): string {
  const { columns, heads, rankings, infers } = description;
  const rows = columns.map(
    ({ name: column, datatype, isList, user }) =>
      `<tr><td><code>${escapeMarkup(column)}</code></td><td>${datatype}${isList ? ", several per row" : ""}</td><td>${escapeMarkup(user.replaceAll("`", ""))}</td></tr>`,
  );
  const table = infers
    ? `<table><tr><th>column</th><th>datatype</th><th>read by</th></tr>${rows.join("")}</table>
<pre>${escapeMarkup(exampleOf(name, columns))}</pre>`
    : "<p>It has no trained network: it infers nothing.</p>";
  return `<h2>Model ${escapeMarkup(name)}</h2>
<p>Heads: ${listed(heads)}. Rankings: ${listed(rankings)}.</p>
${table}`;
}

function exampleOf(model: string, columns: DescribedModel["description"]["columns"]): string {
  const row = Object.fromEntries(columns.map(({ name, isList }) => [name, isList ? [] : null]));
  return `curl -s $URL/v1/models/${model}:predict -d '${JSON.stringify({ instances: [row] })}'`;
}

function routePart({ method, path, summary, body, statuses = {} }: Route): string {
  const codes = Object.entries(statuses).map(
    ([status, meaning]) => `<tr><td>${status}</td><td>${escapeMarkup(meaning)}</td></tr>`,
  );
  return `<h3><code>${method} ${escapeMarkup(path)}</code></h3>
<p>${escapeMarkup(summary)}.</p>
${body === undefined ? "" : `<pre>${escapeMarkup(JSON.stringify(outline(body), undefined, 2))}</pre>`}
${codes.length === 0 ? "" : `<table>${codes.join("")}</table>`}`;
}

/** A schema as a value that has its form. */
function outline(schema: Schema): unknown {
  const { type, properties, items, description } = schema;
  if (properties !== undefined)
    return Object.fromEntries(
      Object.entries(properties as Readonly<Record<string, Schema>>).map(([name, each]) => [name, outline(each)]),
    );
  if (type === "array") return [items === undefined ? "…" : outline(items as Schema)];
  if (typeof description === "string") return `${description}`;
  return typeof type === "string" ? type : "value";
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `<code>${escapeMarkup(name)}</code>`).join(", ");
}
