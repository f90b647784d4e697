// Writes src/widgets/generated: a typed class for each widget in the model spec that ipywidgets
// publishes (@jupyter-widgets/schema, jupyterwidgetmodels.latest.json). No widget has code of its
// own.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SPEC = "@jupyter-widgets/schema/jupyterwidgetmodels.latest.json";
const HEADER = `// Written by scripts/generateCoreWidgets.mjs from ${SPEC}. Do not edit.\n`;

/** The traits that every Widget has: the identity of its model and its view. */
const IDENTITY = /^_(model|view)_(module|module_version|name)$/;
/** The traits that every DOMWidget has. */
const DOM_TRAITS = new Set(["_dom_classes", "layout", "tabbable", "tooltip"]);

/**
 * Attributes of which the spec says less than ipywidgets for Python checks: by class and name, with
 * the types for reading and writing, and the expression that creates the trait.
 */
const SPECIAL = [
  [/^ColorPicker\.value$/, "string", "string", (initial) => `text.color(${initial})`],
  [/\.(handle|bar|button)_color$/, "string", "string", () => `text.color("black")`],
  // In Python a button's text color is any text.
  [/^(?!ButtonStyle).*\.text_color$/, "string", "string", () => `text.color("black")`],
  ...[
    [/^(Tags|Colors)Input\.(value|allowed_tags)$/, "string", `t.string("")`],
    [/^FloatsInput\.(value|allowed_tags)$/, "number", "t.number(0)"],
    [/^IntsInput\.(value|allowed_tags)$/, "number", "t.integer(0)"],
  ].map(([names, item, make]) => {
    const type = `readonly ${item}[]`;
    return [names, type, type, () => `t.list<${item}>(${make}, [])`];
  }),
  [/^Password\.value$/, "string", "string", (initial) => `text.secret(${initial})`],
  [
    /\.readout_format$|^(Floats|Ints)Input\.format$/,
    "string",
    "string",
    (initial) => `text.numberFormat(${initial})`,
  ],
  [
    /^(Image|Video)\.(width|height)$/,
    "string",
    "string | number",
    (initial) => `text.text(${initial})`,
  ],
  // The spec has "".
  [/^FileUpload\.description$/, "string", "string", () => `t.string("Upload")`],
  [
    /^FileUpload\.value$/,
    "readonly UploadedFile[]",
    "readonly UploadedFile[]",
    () => "uploadedFiles()",
  ],
  [/^NaiveDatetime\.(value|min|max)$/, "Date", "Date | d.DatetimeValue", () => "d.naiveDatetime()"],
];

/** What the spec doesn't describe, by the attributes' names. */
const DESCRIPTIONS = {
  allow_duplicates: "Whether a tag may occur more than once.",
  allowed_tags: "The tags that may be chosen; any tag, if it is empty.",
  format: "How numbers are written, as in d3-format.",
  max: "The largest value.",
  min: "The smallest value.",
  placeholder: "The text that is shown while there is no tag.",
  style: "Colours and fonts. Setting a plain object of attributes creates a new style.",
  value: "The value.",
};

const PYTHON_NAMES = { None: "null", True: "true", False: "false" };

/** A description as a sentence of a comment, with the names of TypeScript. */
function inTypeScript(text) {
  const words = text
    .replace(/\s+/g, " ")
    .replaceAll("*/", "* /")
    .replace(/\b(?:None|True|False)\b/g, (name) => PYTHON_NAMES[name]);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

const quote = (value) => JSON.stringify(value);
const className = (entry) => entry.model.name.replace(/Model$/, "");

/**
 * Returns the class that a reference in the spec names. References to the controller's parts lack
 * its prefix.
 */
function referenceClass(owner, name, classes) {
  if (name === "Widget") return "Widget";
  const prefixed = className(owner) + name;
  const found = classes.has(prefixed) ? prefixed : name;
  if (!classes.has(found)) throw new Error(`${owner.model.name}: unknown reference ${name}`);
  return found;
}

/**
 * Returns the TypeScript types for reading and writing an attribute, and the expression that
 * creates its trait.
 */
function convert(owner, attribute, classes) {
  const { type, items, widget, default: initial } = attribute;
  const plain = (read, make) => ({ read, written: read, make });
  const special = SPECIAL.find(([names]) => names.test(`${className(owner)}.${attribute.name}`));
  let result;
  if (special) {
    const [, read, written, make] = special;
    result = { read, written, make: make(quote(initial)) };
  } else if (attribute.union_attributes) {
    const [first, second] = attribute.union_attributes.map((part, index) =>
      convert(owner, { ...part, default: index === 0 ? initial : part.enum?.[0] }, classes),
    );
    result = plain(`${first.read} | ${second.read}`, `t.either(${first.make}, ${second.make})`);
  } else if (type === "string" && attribute.enum) {
    // allow_none adds null, so here the default may be any value.
    const values = attribute.enum.filter((value) => value !== null);
    const first = initial === null ? values[0] : initial;
    // The spec's enumerations lack some defaults, such as "".
    const all = values.includes(first) ? values : [first, ...values];
    const union = all.map(quote).join(" | ");
    result = plain(union, `t.oneOf<${union}>([${all.map(quote).join(", ")}], ${quote(first)})`);
  } else if (type === "string") result = plain("string", `t.string(${quote(initial ?? "")})`);
  else if (type === "bool") result = plain("boolean", `t.boolean(${quote(initial ?? false)})`);
  else if (type === "int") result = plain("number", `t.integer(${quote(initial ?? 0)})`);
  else if (type === "float") result = plain("number", `t.number(${quote(initial ?? 0)})`);
  else if (type === "bytes") result = plain("Uint8Array", "t.bytes()");
  else if (type === "Date")
    result = { read: "Date", written: "Date | d.DateValue", make: "d.date()" };
  else if (type === "Time")
    result = { read: "d.TimeValue", written: "d.TimeInput", make: "d.time()" };
  else if (type === "Datetime")
    result = { read: "Date", written: "Date | d.DatetimeValue", make: "d.datetime()" };
  else if (type === "object") result = plain("Readonly<Record<string, unknown>>", "t.dict()");
  else if (type === "array") {
    const item = items
      ? convert(owner, { ...items, default: undefined }, classes)
      : // In the spec, ranges lack the type of their items. Their defaults are numbers.
        initial.length > 0 && initial.every((value) => typeof value === "number")
        ? plain("number", "t.number(0)")
        : plain("unknown", "t.anything()");
    result = plain(
      `readonly (${item.read})[]`,
      `t.list<${item.read}>(${item.make}, ${quote(initial)})`,
    );
  } else if (type === "reference") {
    const target = referenceClass(owner, widget, classes);
    result =
      initial === "reference to new instance"
        ? { read: target, written: `${target} | ${target}Options`, make: `part(${target})` }
        : plain(target, `reference(${target}, () => new ${target}())`);
  } else throw new Error(`${owner.model.name}.${attribute.name}: unknown type ${quote(type)}`);
  if (!attribute.allow_none) return result;
  return {
    read: `${result.read} | null`,
    written: `${result.written} | null`,
    make: `t.nullable<${result.read}>(${result.make}, ${quote(initial)})`,
  };
}

function identity(part) {
  return `{ module: ${quote(part.module)}, version: ${quote(part.version)}, name: ${quote(part.name)} }`;
}

function generate(entry, classes) {
  const name = className(entry);
  const isDom = entry.attributes.some((attribute) => attribute.name === "layout");
  const base = isDom ? "DOMWidget" : "Widget";
  const attributes = entry.attributes
    .filter((a) => !IDENTITY.test(a.name) && !(isDom && DOM_TRAITS.has(a.name)))
    .map((a) => ({ ...a, ...convert(entry, a, classes) }));
  const doc = (a) => {
    const text = a.help?.trim() || DESCRIPTIONS[a.name];
    if (!text) throw new Error(`${name}.${a.name}: add a line to DESCRIPTIONS`);
    return `  /** ${inTypeScript(text)} */\n`;
  };
  const properties = attributes.map((a) => {
    if (a.read === a.written) return `${doc(a)}  ${a.name}: ${a.read};`;
    return `${doc(a)}  get ${a.name}(): ${a.read};\n  set ${a.name}(value: ${a.written});`;
  });
  const options = attributes.map((a) => `${doc(a)}  readonly ${a.name}?: ${a.written};`);
  const traits = attributes.map((a) => `    ${a.name}: ${a.make},`);
  const view = entry.view.name === null ? "undefined" : identity(entry.view);
  return `
/** Attributes of ${name}. */
export interface ${name}Traits {
${properties.join("\n")}
}

/** Options of ${name}. */
export interface ${name}Options extends ${base}Options {
${options.join("\n")}
}

const ${name}Base: WidgetClass<${base} & CoreWidget & ${name}Traits, ${name}Options> = coreWidgetBase(
  ${base},
  {
${traits.join("\n")}
  },
  { model: ${identity(entry.model)}, view: ${view} },
);

/** The widget ${name} of ipywidgets: ${entry.model.name} of ${entry.model.module}. */
export class ${name} extends ${name}Base {}
`;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const spec = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(SPEC), "utf8"));
// The spec publishes the abstract base of the media widgets under DOMWidget's name.
const entries = spec.filter((entry) => className(entry) !== "DOMWidget");
const classes = new Set(entries.map(className));
const needs = (entry) =>
  entry.attributes
    .flatMap((a) => [a, a.items ?? {}])
    .filter((a) => a.type === "reference" && a.widget !== "Widget" && a.widget !== "Layout")
    .map((a) => referenceClass(entry, a.widget, classes));

// A class follows those that its traits name.
const byName = new Map(entries.map((entry) => [className(entry), entry]));
const ordered = new Set();
function place(name, above = []) {
  if (above.includes(name)) throw new Error(`Circular references: ${[...above, name].join(", ")}`);
  const entry = byName.get(name);
  for (const needed of needs(entry)) place(needed, [...above, name]);
  ordered.add(name);
}
for (const name of byName.keys()) place(name);
ordered.delete("Layout");

const imports = `import * as t from "../traits";
import { Widget, type WidgetOptions } from "../widget";
`;
const folder = join(root, "src", "widgets", "generated");
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "layout.ts"),
  `${HEADER}${imports}import { coreWidgetBase, type CoreWidget } from "../coreWidgetBase";
import type { WidgetClass } from "../widgetClass";
${generate(byName.get("Layout"), classes)}`,
);
writeFileSync(
  join(folder, "coreWidgets.ts"),
  `${HEADER}import { coreWidgetBase, type CoreWidget } from "../coreWidgetBase";
import * as d from "../dateTraits";
import { DOMWidget, type DOMWidgetOptions } from "../domWidget";
import * as text from "../textTraits";
${imports}import { uploadedFiles, type UploadedFile } from "../uploadTrait";
import { part, reference, type WidgetClass } from "../widgetClass";
${[...ordered].map((name) => generate(byName.get(name), classes)).join("")}`,
);
