import { createHash, timingSafeEqual } from "node:crypto";
import { ServeFault } from "../fault.js";

/**
 * Whether a request may go on: it has the token. Throws a {@link ServeFault} (401). The comparison takes the same time wherever texts
 * differ.
 */
export function createTokenCheck(token: string): (header: string | undefined) => void {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (header) => {
    const [, given] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    const reason = header === undefined ? "the request has no token" : "the token of the request is not the server's";
    throw new ServeFault(401, `${reason}; send \`authorization: Bearer TOKEN\``);
  };
}
