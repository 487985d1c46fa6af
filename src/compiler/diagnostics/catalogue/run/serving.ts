import { defineDiagnostics } from "../../define.js";

/** MTL760x: the server of `mtlc serve`. */
export const servingDiagnostics = defineDiagnostics({
  MTL7600: {
    slug: "nothing-to-serve",
    severity: "error",
    title: "nothing to serve",
    message: (p: { path: string }) =>
      `\`${p.path}\` has nothing to serve: it is not an artifact, and has no versions of one in folders named by whole numbers such as \`1\``,
    about:
      "`mtlc serve` takes a spec, an artifact, a folder of versions (`shop/1`, `shop/2`: an artifact each), or a folder of such folders. The path is a folder and is none of these.",
    fix: "Give an artifact that `mtlc train` wrote, or put it into a folder that is named by the version's number.",
  },
  MTL7601: {
    slug: "address-unavailable",
    severity: "error",
    title: "address unavailable",
    message: (p: { host: string; port: number; problem: string }) =>
      `the server cannot listen on ${p.host}, port ${p.port}: ${p.problem}`,
    about: "Another program listens there, or this one may not: ports below 1024 need a privilege.",
    fix: "End the other program, or give another port with `--port`.",
  },
  MTL7602: {
    slug: "unusable-token",
    severity: "error",
    title: "unusable token",
    message: (p: { source: string; problem: string }) => `the token of ${p.source} cannot be used: ${p.problem}`,
    about:
      "The token that clients must send is read from `--token-file`, or from the environment variable `MTLC_TOKEN`. A server whose token is empty would let everybody in, so it does not start.",
    fix: "Write one line of at least 16 printable characters without spaces, such as from `openssl rand -hex 32`.",
  },
  MTL7615: {
    slug: "unusable-shadow",
    severity: "error",
    usage: true,
    title: "unusable shadow",
    message: (p: { text: string; problem: string }) => `\`--shadow ${p.text}\` cannot be used: ${p.problem}`,
    about:
      "A shadow is a version of a model that answers beside the one that is asked, so that both can be compared; it answers nobody itself. `--shadow` names it by its number, with its model where there are several, and the share of the requests that it gets: `shop/8:0.1`.",
    fix: "Name a version such as `8`, `8:0.1` or `shop/8:0.1`, of a model that has another one to answer.",
  },
  MTL7616: {
    slug: "unusable-split",
    severity: "error",
    usage: true,
    title: "unusable split",
    message: (p: { text: string; problem: string }) => `\`--split ${p.text}\` cannot be used: ${p.problem}`,
    about:
      "`--split` gives a version a share of the units that requests name in their header `x-request-unit`; the newest other version answers all others. The shares of the versions of one model sum to at most 1, and a shadow has none.",
    fix: "Name a version and its share, such as `8:0.1` or `shop/8:0.1`.",
  },
});
