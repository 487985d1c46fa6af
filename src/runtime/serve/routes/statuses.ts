/** What routes that score rows may answer besides 200. */
export const errorStatuses: Readonly<Record<number, string>> = {
  400: "The request is wrong; `error` says what.",
  404: "There is no such model, or no such version.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  429: "Too many rows wait; `retry-after` says when to try again.",
  503: "No version answers at the moment.",
  504: "The deadline has passed.",
};
