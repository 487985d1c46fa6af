// Ranks a catalogue for the visitor that the form describes, whenever the form changes. Nothing leaves the page.
import { load } from "./out/web/index.js";

export const catalogue = [
  { id: "green tea", category: "tea", brand: "elm", price: 8, stock: 20, on_sale: false },
  { id: "black tea", category: "tea", brand: "elm", price: 6, stock: 9, on_sale: false },
  { id: "teapot", category: "tea", brand: "ash", price: 34, stock: 3, on_sale: true },
  { id: "novel", category: "books", brand: "elm", price: 14, stock: 40, on_sale: false },
  { id: "atlas", category: "books", brand: "birch", price: 45, stock: 2, on_sale: false },
  { id: "cook book", category: "books", brand: "cedar", price: 22, stock: 0, on_sale: false },
  { id: "chess set", category: "games", brand: "cedar", price: 30, stock: 7, on_sale: false },
  { id: "card game", category: "games", brand: "elm", price: 12, stock: 15, on_sale: true },
  { id: "puzzle", category: "games", brand: "fir", price: 18, stock: 6, on_sale: false },
  { id: "sneakers", category: "shoes", brand: "fir", price: 60, stock: 4, on_sale: true },
  { id: "sandals", category: "shoes", brand: "ash", price: 25, stock: 8, on_sale: false },
];

const form = document.querySelector("form");
const status = document.querySelector("#status");
const body = document.querySelector("tbody");
const number = (name) => Number(form.elements[name].value);

let model = await start();
form.addEventListener("input", async ({ target }) => {
  if (target.name === "backend") model = await start();
  await show();
});
await show();

async function start() {
  const backend = form.elements.backend.value;
  try {
    const started = await load(backend === "" ? {} : { backend });
    say(
      `${started.name}: ${started.columns.length} columns in, ${started.heads.join(", ")} out, computed by ${started.backend}`,
    );
    return started;
  } catch (error) {
    say(error.message, true);
    return model;
  }
}

async function show() {
  for (const { name, value, nextElementSibling } of form.querySelectorAll("input")) {
    if (name !== "") nextElementSibling.value = value;
  }
  if (model === undefined) return;
  const visitor = { age: number("age"), hour: number("hour") };
  const heads = model.predict(catalogue.map((item) => ({ ...visitor, ...item })));
  const answer = await model.rank({
    candidates: catalogue,
    values: visitor,
    params: { value: number("value"), sale: number("sale") },
  });
  if (answer.kind === "refused") return say(answer.diagnostic.message, true);
  const { items, considered, explain } = answer.list;
  const shown = items.map(({ id }) => id);
  const rest = considered.filter((id) => !shown.includes(id));
  body.replaceChildren(...[...shown, ...rest].map((id) => rowOf(id, heads, explain(id))));
}

function rowOf(id, heads, explained) {
  const at = catalogue.findIndex((item) => item.id === id);
  const row = document.createElement("tr");
  row.className = explained?.position === undefined ? "out" : "";
  const cells = [
    explained?.position ?? "–",
    id,
    catalogue[at].price,
    heads.ctr[at].toFixed(3),
    heads.cvr[at].toFixed(3),
    explained?.score.toFixed(3) ?? "–",
    explained?.scorePosition ?? "–",
    rulesOf(explained),
  ];
  row.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return row;
}

function rulesOf(explained) {
  if (explained === undefined) return "";
  const { removedBy, steps, heldBackBy, liftedBy } = explained;
  return [
    ...(removedBy === undefined ? [] : [`taken out by ${removedBy}`]),
    ...steps.map(({ rule, factor }) => `${rule}: × ${factor}`),
    ...(heldBackBy.length === 0 ? [] : [`held back by ${heldBackBy.join(", ")}`]),
    ...(liftedBy.length === 0 ? [] : [`lifted by ${liftedBy.join(", ")}`]),
  ].join("; ");
}

function say(text, isRefused = false) {
  status.textContent = text;
  status.className = isRefused ? "refused" : "";
}
