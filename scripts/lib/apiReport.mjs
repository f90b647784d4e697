/**
 * Reports the public API of each entry of the package, as api-extractor reads it from the declarations in lib/, in etc/api/: a
 * change of the API then shows in the diff. Run by dev.mjs.
 *
 *   node scripts/lib/apiReport.mjs            fails when a report is not up to date
 *   node scripts/lib/apiReport.mjs --update   writes the reports
 */
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from "@microsoft/api-extractor";
import { at, root } from "./paths.mjs";

const folder = at("etc/api");
/** Where api-extractor writes what it found now. */
const temporary = "lib/.api";
const update = process.argv.includes("--update");

/**
 * What a public declaration names and no entry exports, on purpose. Everything else must be exported by some entry: users would
 * see it in an error and could not write it.
 * @type {readonly { readonly why: string, readonly names: RegExp }[]}
 */
const unexported = [
  {
    why: "classes between a widget and DOMWidget: what they add is exported as its traits",
    names: /^(\w+_base|\w*Base|Construct|ContainerClass|CoreWidget|TemplateBox|WidgetClass)$/,
  },
  {
    why: "modules of generated widgets, and what makes their traits",
    names: /^(generated|d|AnyTrait|Later|ReadTrait|Rule|Trait)$/,
  },
  { why: "what Widget extends, so that an AnyWidget notices its fields", names: /^WidgetRoot$/ },
  {
    why: "of methods with symbols as names, which only the package calls",
    names:
      /^(BufferPath|BundleDetails|HostPlace|HubPlace|Keeper|SeparatedState|SetTraitOptions|ShownError|ShownIn|SourceListener|WidgetStatus)$/,
  },
  {
    why: "the values of a type that is exported",
    names: /^[A-Z]+_(CHOICES|CODECS|DEVICES|MODES|POLICIES)$/,
  },
  {
    why: "helpers of types, which users read where they apply",
    names: /^(AnyOf|Method|OlderName|OmitEach|OneClass|Positioned|SeveralClass)$/,
  },
  { why: "an object with dispose(), and nothing else", names: /^Disposable$/ },
  {
    why: "of a constructor that only snapshot() calls",
    names: /^(RawFrame|SnapshotOptions|SnapshotSize)$/,
  },
];

/** The entries of package.json that have declarations, with the names of their reports. */
function entries() {
  const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  return Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            report: `${entry === "." ? "index" : entry.slice(2).replaceAll("/", "-")}.api.md`,
            declarations: at(target.types),
          },
        ],
  );
}

const all = entries();

const none = { logLevel: ExtractorLogLevel.None };

/** @param {{ report: string, declarations: string }} entry */
function configure({ report, declarations }) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            ...{ target: "es2022", module: "esnext", moduleResolution: "bundler", strict: true },
            ...{ lib: ["es2022", "dom", "dom.iterable"], types: ["node"], skipLibCheck: true },
          },
          files: all.map((entry) => entry.declarations),
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: folder,
        reportTempFolder: at(temporary),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // The package has no other releases than public ones.
          "ae-missing-release-tag": none,
          // Comments are the matter of the reference, which TypeDoc makes and which has its own link syntax.
          "ae-undocumented": none,
          "ae-unresolved-link": none,
        },
        tsdocMessageReporting: { default: none },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: at("package.json"),
  });
}

mkdirSync(folder, { recursive: true });
const configs = all.map(configure);
const [first] = configs;
if (first === undefined) throw new Error("package.json exports nothing that has declarations");
// One program for all: reading the declarations takes most of the time.
const compilerState = CompilerState.create(first, {
  additionalEntryPoints: all.map((entry) => entry.declarations),
});

/** The names that are not exported, with the entry that needs them.
 * @type {{ name: string, entry: string }[]} */
const forgotten = [];
/** @type {string[]} */
const mistakes = [];
let changed = false;
for (const config of configs) {
  const result = Extractor.invoke(config, {
    compilerState,
    localBuild: update,
    printApiReportDiff: !update,
    messageCallback: (message) => {
      message.handled = true;
      if (message.messageId === "console-api-report-diff") console.log(message.text);
      if (message.logLevel === "none" || message.category === "console") return;
      const [, symbol] = /^The symbol "(\w+)" needs to be exported/.exec(message.text) ?? [];
      if (symbol === undefined) mistakes.push(message.text);
      // Two of the same name get numbers.
      else forgotten.push({ name: symbol.replace(/_\d+$/, ""), entry: config.reportFilePath });
    },
  });
  changed ||= result.apiReportChanged;
}

/** The names that the entries export. */
const exported = new Set(
  all.flatMap(({ report }) =>
    [
      ...readFileSync(at(temporary, report), "utf8").matchAll(
        /^export (?:(?:abstract )?(?:class|const|function|interface|type) (\w+)|\{ \w+ as (\w+) \})/gm,
      ),
    ].map(([, name, alias]) => alias ?? name),
  ),
);
for (const { name, entry } of forgotten) {
  if (exported.has(name) || unexported.some(({ names }) => names.test(name))) continue;
  mistakes.push(
    `${basename(entry)}: ${name} is not exported. Export it, or add it to scripts/lib/apiReport.mjs with the reason`,
  );
}

const known = new Set(all.map((entry) => entry.report));
for (const stale of readdirSync(folder).filter((name) => !known.has(name))) {
  if (update) rmSync(at("etc/api", stale));
  else changed = true;
}

for (const mistake of mistakes) console.error(mistake);
if (mistakes.length > 0) process.exitCode = 1;
if (changed && !update) {
  console.error(
    "The public API differs from etc/api/. If you meant to change it: npm run api, then commit etc/api/",
  );
  process.exitCode = 1;
}
