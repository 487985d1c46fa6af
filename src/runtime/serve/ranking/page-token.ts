/**
 * What an answer hands its client for the page after and for reports of exposures, so that the server remembers nothing: an
 * opaque text with a signature. Nobody changes it who has not the key, which servers with one bearer token share.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { RawRow } from "../../data/index.js";
import { badRequest } from "../fault.js";

/** What the token of a page says. */
export interface PageToken {
  /** Unique to the answer. */
  readonly page: string;
  readonly model: string;
  readonly ranking: string;
  readonly request: string;
  readonly seed: number;
  /** Time of the request, seconds since 1970. */
  readonly now: number;
  /** Until when exposures of the page count, milliseconds since 1970 by the clocks of servers. */
  readonly until: number;
  /** All that was shown so far, this page last: items with what rules read of them, or only their ids. */
  readonly shown: readonly (RawRow | string)[];
  /** Items of this page: the end of `shown`. */
  readonly items: number;
  /** Of each item of this page the rules that count its exposure: their names and texts of keys in turns. Absent: none. */
  readonly viewed?: readonly (readonly string[])[];
}

export type TokenKey = string;

const signatureBytes = 16;
/** A token that unfolds to more was not written here. */
const greatest = 16 * 2 ** 20;
const version = 2;
/** Half the time of zlib's own choice, for a token that is a sixth longer. */
const compression = 3;

export function writePageToken(token: PageToken, key: TokenKey): string {
  const { page, model, ranking, request, seed, now, until, shown, items, viewed } = token;
  const body = deflateRawSync(
    JSON.stringify([version, page, model, ranking, request, seed, now, until, shown, items, viewed ?? 0]),
    { level: compression },
  );
  return Buffer.concat([sign(body, key), body]).toString("base64url");
}

/** Throws a {@link ServeFault} (400) for what is not a token of a server with this key. */
export function readPageToken(text: unknown, key: TokenKey): PageToken {
  const what = "it must be the `pageToken` of an answer, as it came";
  if (typeof text !== "string") throw badRequest(`a page token is missing, or is not a text: ${what}`);
  const bytes = Buffer.from(text, "base64url");
  const [signature, body] = [bytes.subarray(0, signatureBytes), bytes.subarray(signatureBytes)];
  if (signature.length < signatureBytes || !timingSafeEqual(signature, sign(body, key)))
    throw badRequest(`a page token is damaged, or of a server with another bearer token: ${what}`);
  const parts = JSON.parse(inflateRawSync(body, { maxOutputLength: greatest }).toString("utf8")) as readonly unknown[];
  const [found, page, model, ranking, request, seed, now, until, shown, items, viewed] = parts;
  if (found !== version) throw badRequest("a page token is of another version of mtlc: begin with the first page");
  const read = { page, model, ranking, request, seed, now, until, shown, items } as Omit<PageToken, "viewed">;
  return viewed === 0 ? read : { ...read, viewed: viewed as readonly (readonly string[])[] };
}

function sign(body: Uint8Array, key: TokenKey): Buffer {
  return createHmac("sha256", `mtlc page ${key}`).update(body).digest().subarray(0, signatureBytes);
}
