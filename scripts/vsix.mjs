// Packs the VS Code extension with its server into one .vsix: `npm run vsix`, or `buildVsix(path)`. No network is needed,
// and the same sources give the same bytes.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { strToU8, zipSync } from "fflate";
import { rolldown } from "rolldown";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const extension = join(root, "editors", "vscode");

/** One CommonJS file from a module with all that it imports, and the packages that are in it. */
async function bundle(entry) {
  const build = await rolldown({
    input: join(extension, "src", entry),
    cwd: root,
    external: ["vscode", /^node:/],
    platform: "node",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    logLevel: "silent",
  });
  const { output } = await build.generate({
    format: "cjs",
    codeSplitting: false,
    minify: { compress: true, mangle: false },
  });
  await build.close();
  if (output.length !== 1) throw new Error(`${entry} gives ${output.length} files`);
  const packages = output[0].moduleIds.flatMap((id) => {
    const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id);
    return found === null ? [] : [found[1]];
  });
  return { code: output[0].code, packages };
}

/** Names, versions and licences of the packages in the bundles, as their licences ask for. */
function notices(packages) {
  return [...new Set(packages)]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      const text = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
      return `${name} ${version} (${license})${text}\n`;
    })
    .sort()
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** The completions of declarations, for files that the server has not read yet. */
async function snippets() {
  const table = join(root, "dist", "compiler", "syntax", "declarations.js");
  const { declarations } = await import(pathToFileURL(table).href);
  const entries = declarations
    .filter(({ snippet }) => snippet.includes("$"))
    .map(({ keyword, snippet, doc }) => [keyword, { prefix: keyword, body: snippet.split("\n"), description: doc }]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text) => text.replace(/[&<>"]/g, (character) => escapes[character]);

/** The package's own manifest, as VS Code reads it on installation. */
function packageManifest({ name, displayName, description, version, publisher, engines, categories, keywords }) {
  const property = (id, value) => `      <Property Id="Microsoft.VisualStudio.${id}" Value="${xml(value)}" />\n`;
  const asset = (type, path) =>
    `    <Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${path}" Addressable="true" />\n`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${xml(name)}" Version="${xml(version)}" Publisher="${xml(publisher)}" />
    <DisplayName>${xml(displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(description)}</Description>
    <Tags>${xml(keywords.join(","))}</Tags>
    <Categories>${xml(categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
${property("Code.Engine", engines.vscode)}${property("Code.ExtensionDependencies", "")}${property("Code.ExtensionPack", "")}${property("Code.ExtensionKind", "workspace")}${property("Code.LocalizedLanguages", "")}    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
${asset("Code.Manifest", "package.json")}${asset("Services.Content.Details", "README.md")}${asset("Services.Content.License", "LICENSE.txt")}  </Assets>
</PackageManifest>
`;
}

/** The types of all files in the package, by their endings. */
function contentTypes(paths) {
  const types = {
    cjs: "application/javascript",
    json: "application/json",
    md: "text/markdown",
    txt: "text/plain",
    vsixmanifest: "text/xml",
  };
  const endings = [...new Set(paths.map((path) => path.split(".").at(-1)))].sort();
  const lines = endings.map((ending) => {
    if (types[ending] === undefined) throw new Error(`no content type is known for .${ending}`);
    return `<Default Extension=".${ending}" ContentType="${types[ending]}"/>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${lines.join("")}</Types>\n`;
}

/** Writes the package; `path` defaults to `.mtlc/mtl-VERSION.vsix`. Gives the path. `dist` must be current. */
export async function buildVsix(path) {
  const read = (...parts) => readFileSync(join(root, ...parts), "utf8");
  const { version } = JSON.parse(read("package.json"));
  const { private: _, type: __, ...manifest } = { ...JSON.parse(read("editors", "vscode", "package.json")), version };
  const [client, server] = await Promise.all([bundle("extension.ts"), bundle("server.ts")]);
  const texts = {
    "extension.vsixmanifest": packageManifest(manifest),
    "extension/package.json": `${JSON.stringify(manifest, undefined, 2)}\n`,
    "extension/README.md": read("editors", "vscode", "README.md"),
    "extension/LICENSE.txt": read("LICENSE"),
    "extension/THIRD_PARTY_NOTICES.txt": notices([...client.packages, ...server.packages]),
    "extension/mtl.tmLanguage.json": read("grammar", "mtl.tmLanguage.json"),
    "extension/markdown.tmLanguage.json": read("editors", "vscode", "markdown.tmLanguage.json"),
    "extension/language-configuration.json": read("grammar", "language-configuration.json"),
    "extension/snippets.json": await snippets(),
    "extension/dist/extension.cjs": client.code,
    "extension/dist/server.cjs": server.code,
  };
  const files = { "[Content_Types].xml": contentTypes(Object.keys(texts)), ...texts };
  // The earliest time that a zip can hold; local, so that the bytes are the same in every zone.
  const mtime = new Date(1980, 0, 1);
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), {
    mtime,
    level: 9,
  });
  const target = path ?? join(root, ".mtlc", `${manifest.name}-${version}.vsix`);
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  writeFileSync(fresh, bytes);
  renameSync(fresh, target);
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(join(root, "dist", "server", "index.js"))) {
    process.stderr.write("build first: `node scripts/build.mjs`\n");
    process.exitCode = 1;
  } else process.stdout.write(`${await buildVsix()}\n`);
}
