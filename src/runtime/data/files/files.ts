/** From what a spec or the command line names to files that are there. */
import { stat } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import { type FileFormat, fileFormats, formatOfName, isTextTable } from "../../../compiler/formats/index.js";
import type { FileReading, SourceModel, SourceOptions } from "../../../compiler/model/model.js";
import { isPostgresUrl, isUrl, type Span } from "../../../compiler/text/index.js";
import { createFailure, noLocation } from "../../failure.js";
import { fingerprintFile } from "../batches/cache.js";
import type { Database } from "./database.js";
import { checkUrl, copyRemoteFile, findRemoteFiles, type RemoteFile } from "./remote/remote-files.js";
import { quoteText } from "./sql.js";
import { compareTexts } from "../expressions/values.js";

export type Format = FileFormat;

/** A file on this machine, or Parquet on a server. */
export interface FilePath {
  /** Where DuckDB and we read it: of a text on a server, its copy; of Parquet there, its URL. */
  readonly path: string;
  /** As messages show it: relative to the folder it was looked for in, or its URL. */
  readonly shown: string;
  /** Set for a file of a server. */
  readonly remote?: RemoteFile;
  /** Of a table of a database, what tells its content from any other. */
  readonly state?: string;
}

export interface DataFile extends FilePath {
  /** A copy that the database reads in its place: the same rows in a form that it knows. */
  readonly readFrom?: string;
  /** Whether all of a compressed file was just unpacked. */
  readonly isWhole?: boolean;
  readonly format: Format;
  readonly options: SourceOptions;
  /** Of a sample skeleton of Ali-CCP, the file of its common features. */
  readonly common?: FilePath;
}

/** The files that the rows of a file come from. */
export function pathsOf(file: DataFile): readonly FilePath[] {
  return file.common === undefined ? [file] : [file, file.common];
}

/** What tells a file from another and from a later version of itself, without reading all of it. */
export async function identityOf({ path, remote, state }: FilePath): Promise<unknown> {
  if (state !== undefined) return { path, state };
  return remote ?? fingerprintFile(path);
}

/** The absolute path or the URL that a path means in a folder. */
export function locate(folder: string, path: string): string {
  return isUrl(path) ? path : resolve(folder, path);
}

/** What is read for one role: files of the spec, or files of the command line in their place. */
export interface FileRequest {
  readonly paths: readonly string[];
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly format: Format;
  readonly options: SourceOptions;
  /** Whether the extension of a file may tell another format than `format`. */
  readonly detect: boolean;
  readonly span: Span;
}

/** Files of a spec's source; paths are relative to the spec's folder. */
export function requestOfSource(source: SourceModel, specFolder: string): FileRequest {
  return {
    paths: source.paths,
    folder: specFolder,
    format: source.format,
    options: source.options,
    detect: false,
    span: source.span,
  };
}

/**
 * Files of the command line, relative to the working directory. They keep the options of the spec's files; the format
 * as well, unless a file's extension says another one. Messages of them point at no line of the spec.
 */
export function requestOfArguments(paths: readonly string[], reading: FileReading | undefined): FileRequest {
  return {
    paths,
    folder: process.cwd(),
    format: reading?.format ?? "csv",
    options: reading?.options ?? defaultOptions,
    detect: true,
    span: noLocation(),
  };
}

const defaultOptions: SourceOptions = { header: true, delimiter: ",", nulls: [], trim: false };

/** The files, in the order of the paths and, within a glob, of their names. Throws a {@link Failure} for what is not there. */
export async function resolveFiles(database: Database, request: FileRequest): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  const withCommon = createCommonFinder(database, request);
  for (const pattern of request.paths) {
    if (isUrl(pattern)) {
      for (const file of await resolveRemote(database, pattern, request)) files.push(await withCommon(file));
      continue;
    }
    const absolute = resolve(request.folder, pattern);
    const kind = await kindOf(absolute);
    if (kind === "folder")
      throw createFailure("MTL7102", { file: pattern, problem: "it is a folder" }, request.span, {
        help: `name its files, such as \`${pattern.replace(/\/$/, "")}/*.parquet\``,
      });
    const matches = kind !== undefined ? [absolute] : isGlob(pattern) ? await expand(database, absolute) : [];
    for (const path of matches)
      if ((await kindOf(path)) === "special")
        throw createFailure("MTL7102", { file: path, problem: "it is a pipe or a device, not a file" }, request.span, {
          help: "data is read more than once; write it to a file first",
        });
    if (matches.length === 0)
      throw createFailure("MTL7101", { pattern, glob: isGlob(pattern), folder: request.folder }, request.span);
    for (const path of matches) files.push(await withCommon(dataFile(path, request)));
  }
  return files;
}

/** The files that a URL names: Parquet as it lies there, other files as copies. */
async function resolveRemote(database: Database, url: string, request: FileRequest): Promise<readonly DataFile[]> {
  if (request.format === "postgres" && isPostgresUrl(url)) {
    checkUrl(url, request.span, true);
    return [dataFile(url, request)];
  }
  const found = await findRemoteFiles(database, url, request.span);
  if (found.length === 0)
    throw createFailure("MTL7101", { pattern: url, glob: isGlob(url), folder: undefined }, request.span);
  const files: DataFile[] = [];
  for (const remote of found) {
    const file = { ...dataFile(remote.url, request), remote };
    files.push(
      file.format === "parquet" ? file : { ...file, path: await copyRemoteFile(database, remote, request.span) },
    );
  }
  return files;
}

/**
 * Gives a sample skeleton its common features: those that the spec names, of a file that a command names those beside it, whose
 * name says `common_features` where the skeleton's says `sample_skeleton`. Skeletons that share them have them looked up once.
 */
function createCommonFinder(
  database: Database,
  { folder, detect, span }: FileRequest,
): (file: DataFile) => Promise<DataFile> {
  const known = new Map<string, NonNullable<DataFile["common"]>>();
  const find = async (path: string, pattern: string): Promise<NonNullable<DataFile["common"]>> => {
    if (isUrl(path)) {
      const [remote] = await findRemoteFiles(database, path, span);
      if (remote === undefined) throw createFailure("MTL7101", { pattern: path, glob: false, folder: undefined }, span);
      return { path: await copyRemoteFile(database, remote, span), shown: path, remote };
    }
    if ((await kindOf(path)) !== "file") throw createFailure("MTL7101", { pattern, glob: false, folder }, span);
    return { path, shown: showPath(path, folder) };
  };
  return async (file) => {
    if (file.format !== "ali_ccp") return file;
    const named = detect ? undefined : file.options.common;
    const path = named === undefined ? commonBeside(file.remote?.url ?? file.path) : locate(folder, named);
    if (path === undefined) throw createFailure("MTL7432", { file: file.shown }, span);
    const common = known.get(path) ?? (await find(path, named ?? showPath(path, folder)));
    known.set(path, common);
    return { ...file, common };
  };
}

function commonBeside(path: string): string | undefined {
  const name = basename(path);
  return name.includes("sample_skeleton")
    ? path.slice(0, -name.length) + name.replace("sample_skeleton", "common_features")
    : undefined;
}

/** A path relative to the folder that it was looked for in, where it is inside. */
function showPath(path: string, folder: string): string {
  if (isUrl(path)) return path;
  const inside = relative(folder, path);
  return inside.startsWith("..") ? path : inside;
}

function dataFile(path: string, { folder, format, options, detect, span }: FileRequest): DataFile {
  const shown = showPath(path, folder);
  if (/\.(?:bz2|gzip|xz|zip|lz4|7z)$/i.test(path))
    throw createFailure(
      "MTL7102",
      { file: shown, problem: "of compressed files only `.gz` and `.zst` are read" },
      span,
    );
  const told = detect ? (formatOfName(path) ?? format) : format;
  const found = told === fileFormats[format].namedLike ? format : told;
  if (found === format) return { path, shown, format: found, options };
  // Names of columns and delimiters of one format mean nothing in another.
  if (!isTextTable(found))
    return { path, shown, format: found, options: { ...defaultOptions, nulls: options.nulls, trim: options.trim } };
  const { delimiter } = fileFormats[found];
  // What a source of another kind says of lines means nothing here.
  return {
    path,
    shown,
    format: found,
    options: isTextTable(format)
      ? { ...options, delimiter }
      : { header: true, delimiter, nulls: options.nulls, trim: options.trim },
  };
}

/** Whether a file is packed by zstd. */
export function isZstd(path: string): boolean {
  return /\.zst$/i.test(path);
}

async function kindOf(path: string): Promise<"file" | "folder" | "special" | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : found.isFile() ? "file" : "special";
  } catch {
    return undefined;
  }
}

function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

async function expand(database: Database, pattern: string): Promise<readonly string[]> {
  const rows = await database.rows(`SELECT file FROM glob(${quoteText(pattern)})`);
  return rows.map(([file]) => String(file)).sort(compareTexts);
}

/** A path that DuckDB takes for itself and not for a pattern. */
export function literalPath(path: string): string {
  return quoteText(path.replace(/[*?[]/g, "[$&]"));
}
