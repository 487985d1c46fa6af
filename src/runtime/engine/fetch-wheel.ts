/** A wheel of a project that ships a library for Linux x86-64: of the first release that can be had, by whatever way works. */
import { chooseWheel, downloadWheel, downloadWithPip, indexUrl, listFiles, type WheelRequest } from "./python-index.js";

export type Platform =
  | { readonly kind: "glibc"; readonly version: readonly [number, number] }
  | { readonly kind: "other"; readonly reason: string };

/** Whether wheels for Linux run here, and with which glibc; `whose` names the wheel in the reason why not. */
export function linuxGlibc(whose: string): Platform {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64") {
    return { kind: "other", reason: `${whose}'s wheel is used only on Linux x86-64 (this is ${platform} ${arch})` };
  }
  const report = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  const version = /^(\d+)\.(\d+)/.exec(report.header.glibcVersionRuntime ?? "");
  return version === null
    ? { kind: "other", reason: `${whose}'s wheel needs glibc, which is missing on this Linux` }
    : { kind: "glibc", version: [Number(version[1]), Number(version[2])] };
}

export interface WheelSearch extends Omit<WheelRequest, "version"> {
  /** Best first. */
  readonly releases: readonly string[];
}

/** Downloads the wheel into the folder `work`. Throws with all reasons when there is none. */
export async function fetchWheel(
  { project, releases, glibc }: WheelSearch,
  work: string,
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<{ readonly release: string; readonly wheel: string }> {
  const problems: string[] = [];
  const proxied = ["HTTPS_PROXY", "https_proxy"].some((name) => (environment[name] ?? "") !== "");
  for (const release of releases) {
    const request: WheelRequest = { project, version: release, glibc };
    const ways = [
      () => downloadDirectly(request, work, environment, report),
      () => {
        report(`downloading ${project} ${release} with pip`);
        return downloadWithPip(request, work, environment);
      },
    ];
    for (const way of proxied ? ways.toReversed() : ways) {
      try {
        return { release, wheel: await way() };
      } catch (error) {
        problems.push(firstLine(error));
      }
    }
  }
  throw new Error(`${project} could not be downloaded (${[...new Set(problems)].join("; ")})`);
}

async function downloadDirectly(
  request: WheelRequest,
  work: string,
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<string> {
  const index = await indexUrl(environment);
  const wheel = chooseWheel(await listFiles(index, request.project), request);
  if (wheel === undefined) throw new Error(`${index} has no ${request.project} ${request.version} for this machine`);
  let next = performance.now();
  return downloadWheel(wheel, work, (done, total) => {
    if (performance.now() < next) return;
    next = performance.now() + 5000;
    const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
    report(
      `downloading ${wheel.filename}: ${megabytes(done)}${total === undefined ? "" : ` of ${megabytes(total)}`} MiB`,
    );
  });
}

/** The line of an error that says most: of a command, the last one on its stderr that begins as errors do. */
export function firstLine(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).split("\n") : [];
  const told =
    stderr.findLast((line) => /^(?:ERROR|fatal)|error:/.test(line)) ?? stderr.find((line) => line.trim() !== "");
  if (told !== undefined) return told.trim();
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${message.split("\n")[0] ?? ""}${cause}`;
}
