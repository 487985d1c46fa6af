import { expect, it, vi } from "vitest";
import { cacheDirectory } from "../../src/runtime/engine/native-binding.js";

vi.mock("node:os", async (original) => ({
  ...(await original<object>()),
  homedir: () => {
    throw new Error("uv_os_homedir returned ENOENT");
  },
}));

it("has a place for a user of whom the system knows nothing", () => {
  expect(cacheDirectory({})).toBe("/.cache/mtlc");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/var/cache" })).toBe("/var/cache/mtlc");
  expect(cacheDirectory({ MTLC_CACHE: "/opt/native" })).toBe("/opt/native");
});
