/** How results are shown and kept. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { at } from "../../scripts/lib/paths.mjs";

/**
 * @typedef {object} Table
 * @property {string} title
 * @property {readonly string[]} columns
 * @property {readonly (readonly (string | number)[])[]} rows a number that is not finite is shown as a dash
 * @property {string} [note] stands below the table
 */

/**
 * @typedef {object} PartResult what a part's run() gives back
 * @property {readonly Table[]} tables
 * @property {unknown} data the measured values, for further calculations
 */

/** A number with up to two decimals, fewer from 10 on; a text as it is.
 * @param {string | number} value */
export function format(value) {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** A table as Markdown that Prettier leaves as it is.
 * @param {Table} table */
export function markdown({ title, columns, rows, note }) {
  const cells = [columns, ...rows].map((row) => row.map(format));
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  /** @param {readonly string[]} row */
  const line = (row) => `| ${widths.map((width, i) => (row[i] ?? "").padEnd(width)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const text = [`**${title}**`, "", line(head), rule, ...body.map(line)];
  if (note !== undefined) text.push("", note);
  return text.join("\n");
}

/** Writes a part's result.
 * @param {string} part
 * @param {object} about machine, versions, commit, date and how it was run
 * @param {PartResult} result
 * @param {boolean} keep whether it is a full run, whose result belongs in the repository
 * @returns {string} the file */
export function writeResult(part, about, result, keep) {
  const folder = keep ? at("bench", "results") : at("bench", ".work", "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${part}.json`);
  writeFileSync(file, `${JSON.stringify({ part, ...about, ...result }, replaceNumbers, 2)}\n`);
  return file;
}

/** Numbers from here on are times in milliseconds since the epoch. */
const MOMENT = 1e12;

/** Keeps four significant digits: more is noise. A time since the epoch keeps two decimals.
 * @param {string} _key
 * @param {unknown} value */
function replaceNumbers(_key, value) {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  if (!Number.isFinite(value)) return null;
  return Number(value >= MOMENT ? value.toFixed(2) : value.toPrecision(4));
}

/** Puts a part's tables into docs/PERFORMANCE.md, between its marks. The text around them is written by hand.
 * @param {string} part
 * @param {readonly Table[]} tables
 * @param {string} caption when and where it was measured */
export function updateDocument(part, tables, caption) {
  const file = at("docs", "PERFORMANCE.md");
  const begin = `<!-- bench:${part} -->`;
  const end = `<!-- /bench:${part} -->`;
  mkdirSync(dirname(file), { recursive: true });
  const text = existsSync(file) ? readFileSync(file, "utf8") : "# Performance\n";
  const filling = [begin, "", caption, "", ...tables.flatMap((t) => [markdown(t), ""]), end].join(
    "\n",
  );
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const next =
    from >= 0 && to > from
      ? text.slice(0, from) + filling + text.slice(to + end.length)
      : `${text.trimEnd()}\n\n${filling}\n`;
  writeFileSync(file, next);
}
