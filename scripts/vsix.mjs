// Packs the VS Code extension with its server into one .vsix: `npm run vsix -- [FILE]`, or `buildVsix(path)`. No network is
// needed, and the same sources give the same bytes. `npm run vsix -- --vsce` has Microsoft's own packer (from the registry, 285
// packages) pack the same files, and fails when it warns of anything: what the Marketplace would say.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { strToU8, zipSync } from "fflate";
import { rolldown } from "rolldown";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const extension = join(root, "editors", "vscode");

/** The programs of the extension: file → module, platform and form. */
const programs = {
  "extension.cjs": { entry: "src/extension.ts", platform: "node", format: "cjs" },
  "server.cjs": { entry: "src/server.ts", platform: "node", format: "cjs" },
  "web-extension.js": { entry: "browser/extension.ts", platform: "browser", format: "cjs" },
  "web-server.js": { entry: "browser/web-server.ts", platform: "browser", format: "iife" },
  "drawing-view.js": { entry: "browser/drawing-view.ts", platform: "browser", format: "iife" },
};

/** One file from a module with all that it imports, and the packages that are in it. */
async function bundle({ entry, platform, format }) {
  const build = await rolldown({
    input: join(extension, entry),
    cwd: root,
    external: platform === "node" ? ["vscode", /^node:/] : ["vscode"],
    platform,
    // Modules before what Node would load: a UMD file requires others in a way that no bundler follows (jsonc-parser).
    resolve: {
      extensionAlias: { ".js": [".ts", ".js"] },
      mainFields: platform === "browser" ? ["browser", "module", "main"] : ["module", "main"],
    },
    moduleTypes: { ".mtl": "text" },
    logLevel: "silent",
  });
  const { output } = await build.generate({
    format,
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

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text) => text.replace(/[&<>"]/g, (character) => escapes[character]);

/** The package's own manifest, as VS Code reads it on installation and the Marketplace shows it. */
function packageManifest(manifest) {
  const { name, displayName, description, version, publisher, engines, categories, contributes } = manifest;
  const property = (id, value) => `      <Property Id="Microsoft.VisualStudio.${id}" Value="${xml(value)}" />\n`;
  const asset = (type, path) =>
    `    <Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${path}" Addressable="true" />\n`;
  const languages = contributes.languages.flatMap(({ id, extensions }) => [
    id,
    ...extensions.map((each) => `__ext_${each.slice(1)}`),
  ]);
  const tags = new Set([...manifest.keywords, ...languages, "__web_extension"]);
  const { url } = manifest.repository;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${xml(name)}" Version="${xml(version)}" Publisher="${xml(publisher)}" />
    <DisplayName>${xml(displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(description)}</Description>
    <Tags>${xml([...tags].join(","))}</Tags>
    <Categories>${xml(categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
${property("Code.Engine", engines.vscode)}${property("Code.ExtensionDependencies", "")}${property("Code.ExtensionPack", "")}${property("Code.ExtensionKind", "workspace,web")}${property("Code.LocalizedLanguages", "")}${property("Code.EnabledApiProposals", "")}${property("Code.ExecutesCode", "true")}${property("Services.Links.Source", url)}${property("Services.Links.Getstarted", url)}${property("Services.Links.GitHub", url)}${property("Services.Links.Support", manifest.bugs.url)}${property("Services.Links.Learn", manifest.homepage)}${property("Services.Branding.Color", manifest.galleryBanner.color)}${property("Services.Branding.Theme", manifest.galleryBanner.theme)}${property("Services.GitHubFlavoredMarkdown", "true")}${property("Services.Content.Pricing", manifest.pricing)}    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/${manifest.icon}</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
${asset("Code.Manifest", "package.json")}${asset("Services.Content.Details", "README.md")}${asset("Services.Content.Changelog", "CHANGELOG.md")}${asset("Services.Content.License", "LICENSE.txt")}${asset("Services.Icons.Default", manifest.icon)}  </Assets>
</PackageManifest>
`;
}

/** The types of all files in the package, by their endings. */
function contentTypes(paths) {
  const types = {
    cjs: "application/javascript",
    css: "text/css",
    js: "application/javascript",
    json: "application/json",
    md: "text/markdown",
    png: "image/png",
    svg: "image/svg+xml",
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

/** The extension's manifest and its files, by their paths in it. */
async function extensionFiles() {
  const read = (...parts) => readFileSync(join(root, ...parts));
  const { version } = JSON.parse(read("package.json"));
  const own = JSON.parse(read("editors", "vscode", "package.json"));
  const { private: _, type: __, ...manifest } = { ...own, version };
  const bundles = Object.entries(programs).map(async ([name, program]) => [name, await bundle(program)]);
  const bundled = Object.fromEntries(await Promise.all(bundles));
  const folder = (name, fits) =>
    readdirSync(join(extension, name))
      .filter(fits)
      .map((file) => [`${name}/${file}`, read("editors", "vscode", name, file)]);
  // A page of the Marketplace has no folder that its links could be relative to.
  const { url, directory } = manifest.repository;
  const raw = `${url.replace(/\.git$/, "")}/raw/HEAD/${directory}`;
  const readme = read("editors", "vscode", "README.md").toString("utf8").replaceAll("](images/", `](${raw}/images/`);
  const files = {
    "package.json": `${JSON.stringify(manifest, undefined, 2)}\n`,
    "README.md": readme,
    "CHANGELOG.md": read("editors", "vscode", "CHANGELOG.md"),
    "LICENSE.txt": read("LICENSE"),
    "THIRD_PARTY_NOTICES.txt": notices(Object.values(bundled).flatMap(({ packages }) => packages)),
    "mtl.tmLanguage.json": read("grammar", "mtl.tmLanguage.json"),
    "markdown.tmLanguage.json": read("editors", "vscode", "markdown.tmLanguage.json"),
    "language-configuration.json": read("grammar", "language-configuration.json"),
    ...Object.fromEntries(folder("images", (file) => file !== "icon.svg")),
    ...Object.fromEntries(folder("walkthrough", () => true)),
    ...Object.fromEntries(
      readdirSync(join(root, "docs", "diagnostics")).map((file) => [
        `diagnostics/${file}`,
        read("docs", "diagnostics", file),
      ]),
    ),
    "dist/drawing.css": read("editors", "vscode", "browser", "drawing.css"),
    ...Object.fromEntries(Object.entries(bundled).map(([name, { code }]) => [`dist/${name}`, code])),
  };
  return { manifest, files };
}

const bytesOf = (content) => (typeof content === "string" ? strToU8(content) : new Uint8Array(content));

/** Writes the package; `path` defaults to `.mtlc/mtl-VERSION.vsix`. Gives the path. */
export async function buildVsix(path) {
  const { manifest, files: own } = await extensionFiles();
  const inside = Object.fromEntries(Object.entries(own).map(([name, content]) => [`extension/${name}`, content]));
  const all = { "extension.vsixmanifest": packageManifest(manifest), ...inside };
  const files = { "[Content_Types].xml": contentTypes(Object.keys(all)), ...all };
  // The earliest time that a zip can hold; local, so that the bytes are the same in every zone.
  const mtime = new Date(1980, 0, 1);
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, bytesOf(content)])), {
    mtime,
    level: 9,
  });
  const target = path ?? join(root, ".mtlc", `${manifest.name}-${manifest.version}.vsix`);
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  writeFileSync(fresh, bytes);
  renameSync(fresh, target);
  return target;
}

/** Packs the same files by `vsce`; throws with what it says when that is more than that it is done. Gives the path. */
async function buildByVsce() {
  const { manifest, files } = await extensionFiles();
  const folder = join(root, ".mtlc", "vsce");
  rmSync(folder, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytesOf(content));
  }
  // Every file of the folder belongs to the package.
  writeFileSync(join(folder, ".vscodeignore"), ".vscodeignore\n");
  const target = join(root, ".mtlc", `${manifest.name}-${manifest.version}.vsce.vsix`);
  const { status, stdout, stderr } = spawnSync(
    "npx",
    ["--yes", "@vscode/vsce@3.9.2", "package", "--no-dependencies", "--out", target],
    { cwd: folder, encoding: "utf8", shell: process.platform === "win32" },
  );
  const said = `${stdout}${stderr}`;
  if (status !== 0 || /\bwarn(ing)?\b/i.test(said)) throw new Error(`vsce:\n${said}`);
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const words = process.argv.slice(2);
    const path = words.includes("--vsce")
      ? await buildByVsce()
      : await buildVsix(words.find((word) => !word.startsWith("--")));
    process.stdout.write(`${path}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
