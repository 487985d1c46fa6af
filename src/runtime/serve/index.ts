/**
 * The server of `mtlc serve`. In: a path with versions of models. Out: routes that answer over HTTP. Versions (`repository/`) are opened in
 * worker threads (`scoring/`), protocols (`protocols/`) turn bodies into rows and values into bodies, `routes/` puts them together, a
 * file each, and only `http/app.ts` knows Fastify.
 */
export { type RunningServer, serve, type ServeOptions } from "./serve.js";
