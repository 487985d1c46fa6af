/**
 * Which version answers a request that names none. Units, such as users, are divided as the arms of an experiment are: a unit keeps its
 * version as long as the shares before it stay.
 */
import { drawUniform } from "../../../compiler/ranking/index.js";
import { canonicalText } from "../../../compiler/text/index.js";
import { createFailure, type Failure } from "../../failure.js";
import { ServeFault } from "../fault.js";
import type { ServeContext, RouteRequest } from "../http/route.js";
import type { Lease } from "../repository/repository.js";
import { isNamed, parseVersionShare, type VersionShare } from "../repository/version-share.js";

/** The header by which a client says of which unit a request is. */
const unitHeader = "x-request-unit";

/** What the description of the interface says of it, for routes whose requests may name no version. */
export const unitHeaders: Readonly<Record<string, string>> = {
  [unitHeader]: "The unit of the request, such as a user: where versions share the units, it keeps its version.",
};

/** Throws a {@link Failure} (MTL7616). */
export function parseSplit(texts: readonly string[], shadows: readonly VersionShare[]): readonly VersionShare[] {
  const rules = texts.map((text) => {
    const fail = (problem: string): Failure => createFailure("MTL7616", { text, problem });
    const rule = parseVersionShare(text, fail);
    if (shadows.some((shadow) => isNamed(shadow, rule.model ?? shadow.model ?? "", rule.version)))
      throw fail("the version is a shadow, which answers nobody");
    return rule;
  });
  for (const rule of rules) {
    const same = rules.filter(({ model }) => model === undefined || rule.model === undefined || model === rule.model);
    if (same.reduce((sum, { share }) => sum + share, 0) > 1 + 1e-9)
      throw createFailure("MTL7616", {
        text: rule.text,
        problem: "the shares of a model's versions sum to more than 1",
      });
  }
  return rules;
}

/** The version whose share holds the unit; undefined: the newest. */
export function splitVersion(rules: readonly VersionShare[], model: string, unit: string): string | undefined {
  const draw = drawUniform(0, JSON.stringify(["versions", model]), canonicalText(unit));
  let end = 0;
  for (const { model: named, version, share } of rules) {
    if (named !== undefined && named !== model) continue;
    end += share;
    if (draw < end) return version;
  }
  return undefined;
}

/** The version that a request names, that of its unit, or the newest. Throws a {@link ServeFault} (400, 404). */
export function acquireAsked(
  { headers }: Pick<RouteRequest, "headers">,
  { repository, split }: Pick<ServeContext, "repository" | "split">,
  model: string,
  version: string | undefined,
): Lease {
  const unit = headers[unitHeader];
  if (version !== undefined || unit === undefined || split.length === 0) return repository.acquire(model, version);
  if (typeof unit !== "string") throw new ServeFault(400, `\`${unitHeader}\` is given several times`);
  const chosen = splitVersion(split, model, unit);
  // Where the version is not there, its units are answered like all others.
  const isOpen = chosen !== undefined && repository.has(model, chosen);
  return repository.acquire(model, isOpen ? chosen : undefined);
}
