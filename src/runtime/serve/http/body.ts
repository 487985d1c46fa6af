/** Bodies: bytes in, their text out. */
import { isUtf8 } from "node:buffer";
import { badRequest, ServeFault } from "../fault.js";

/** Media types that are read as JSON: `curl -d` and `fetch` say something else where they are told nothing. */
const accepted =
  /^(?:application\/(?:[\w.-]+\+)?json|application\/x-www-form-urlencoded|application\/octet-stream|text\/plain)?\s*(?:;|$)/i;

/** Undefined where there is no body. Throws a {@link ServeFault}: 400 for bytes that are not a text, 415 for another type or encoding. */
export function bodyText(
  bytes: Buffer,
  { type = "", encoding = "identity" }: { readonly type?: string | undefined; readonly encoding?: string | undefined },
): string | undefined {
  if (!accepted.test(type))
    throw new ServeFault(415, `the body must be JSON (\`content-type: application/json\`), and is ${type}`);
  if (encoding.toLowerCase() !== "identity")
    throw new ServeFault(415, `bodies in the encoding ${encoding} are not read; send it without \`content-encoding\``);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw badRequest("the body is not UTF-8");
  return bytes.toString("utf8");
}
