/** The body of `/v1/exposures`. */
import { badRequest } from "../fault.js";
import type { PageToken } from "../ranking/page-token.js";
import { readList, readRecord, readText } from "./columns.js";

/** A page, and which of its items were shown. */
export interface Exposure {
  readonly pageToken: string;
  /** Identifiers; absent: all of the page. */
  readonly items?: readonly string[];
}

const members: readonly string[] = ["pageToken", "items"];

/** Throws a {@link ServeFault} (400); `most` bounds pages, and items of each. */
export function readExposures(given: unknown, most: number): readonly Exposure[] {
  const body = readRecord(given, "the body");
  const other = Object.keys(body).find((name) => name !== "exposures");
  if (other !== undefined) throw badRequest(`a report has no member \`${other}\`; there is \`exposures\``);
  const exposures = readList(body["exposures"], "`exposures`");
  if (exposures.length > most)
    throw badRequest(`the report has ${exposures.length} exposures; at most ${most} are taken at once`);
  return exposures.map((each, i) => readExposure(each, `exposure ${i + 1}`, most));
}

function readExposure(given: unknown, what: string, most: number): Exposure {
  const exposure = readRecord(given, what);
  const other = Object.keys(exposure).find((name) => !members.includes(name));
  if (other !== undefined) throw badRequest(`${what} has a member \`${other}\`; there is ${members.join(", ")}`);
  const pageToken = readText(exposure["pageToken"], `\`pageToken\` of ${what}`);
  if (exposure["items"] === undefined) return { pageToken };
  const items = readList(exposure["items"], `\`items\` of ${what}`);
  if (items.length > most) throw badRequest(`${what} has ${items.length} items; at most ${most} are taken at once`);
  const ids = items.map((id) => {
    if (typeof id === "string" || typeof id === "number") return String(id);
    throw badRequest(`\`items\` of ${what} must be identifiers of candidates: texts, or numbers`);
  });
  return { pageToken, items: ids };
}

/** Identifiers of a page's items, in their order. */
export function itemsOfPage({ shown, items }: PageToken): readonly string[] {
  return shown.slice(shown.length - items).map((each) => (typeof each === "string" ? each : String(each["id"])));
}

/** Positions in the page of the items that were shown, each once. Throws a {@link ServeFault} (400) for one that the page has not. */
export function positionsOf({ items }: Exposure, page: readonly string[], number: number): readonly number[] {
  if (items === undefined) return page.map((_, i) => i);
  const positions = new Map(page.map((id, i) => [id, i]));
  const found = items.map((id) => {
    const position = positions.get(id);
    if (position !== undefined) return position;
    throw badRequest(`exposure ${number} has the item \`${id}\`, which its page has not`, { id });
  });
  return [...new Set(found)];
}
