import { version } from "../../../runtime/version.js";
import { startServer } from "../../../server/index.js";

/** Never comes to an end by itself: the editor's `exit`, or the end of standard input, ends the process. */
export function serve(): Promise<never> {
  startServer(version);
  return new Promise(() => undefined);
}
