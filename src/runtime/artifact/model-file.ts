import { dirname, relative, sep } from "node:path";
import type { EventLiteral, EventModel, HeadType } from "../../compiler/model/heads.js";
import type { Model } from "../../compiler/model/model.js";
import { isStdPath } from "../../compiler/std/index.js";
import { jsonText } from "./hash.js";

/** `model.json`: the typed model, with places relative to the spec, so that it is the same wherever the spec lies. */
export function modelText(model: Model, specPath: string): string {
  const folder = dirname(specPath);
  const places = (key: string, value: unknown): unknown =>
    key === "span" && isPlace(value) ? { ...value, file: relativePath(folder, value.file) } : value;
  return jsonText(JSON.parse(JSON.stringify(model, places)));
}

/** A path with `/`, relative to a folder; a block of the standard library lies in none. */
export function relativePath(folder: string, path: string): string {
  if (isStdPath(path)) return path;
  return relative(folder, path).split(sep).join("/");
}

/** `P(buy | click)`, `E(stay)`, `score`: as a spec writes it, labels that others imply included. */
export function headTypeText(type: HeadType): string {
  if (type.kind === "score") return "score";
  const given = type.given.length === 0 ? "" : ` | ${eventText(type.given)}`;
  switch (type.kind) {
    case "expectation":
      return `E(${type.label}${given})`;
    case "classes":
      return `P(${type.label}${given})`;
    case "probability":
      return `P(${eventText(type.event)}${given})`;
  }
}

function eventText(event: EventModel): string {
  return event.length === 0 ? "everything" : event.map(literalText).join(" & ");
}

function literalText(literal: EventLiteral): string {
  if (literal.kind === "label") return literal.label;
  const labels = literal.labels.join(" & ");
  return literal.labels.length === 1 ? `not ${labels}` : `not (${labels})`;
}

function isPlace(value: unknown): value is { readonly file: string } {
  return typeof value === "object" && value !== null && "file" in value && typeof value.file === "string";
}
