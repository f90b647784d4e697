#!/usr/bin/env node
/**
 * Measures, prints tables, and writes bench/results/*.json and the tables of docs/PERFORMANCE.md.
 *
 *   node bench/run.mjs [part...] [--rounds N] [--quick] [--no-build] [--against DIR]
 *
 * A part is a file of bench/parts that exports `async function run(context)` and gives tables and data back, or undefined where this
 * machine lacks what it measures. All parts by default. --quick: fewer and shorter rounds, and nothing in the repository is
 * changed. --against: computing, endToEnd, growth, motion and photon compare with the build of another checkout, kernel and
 * extension, instead of jupyter_rfb. The other parts don't support it: badLink and slowLink still compare with jupyter_rfb, and
 * the rest measure what they always do. Nothing in the repository is changed.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { at } from "../scripts/lib/paths.mjs";
import { StepError, say } from "../scripts/lib/run.mjs";
import { aboutThisRun, ensureBenchVenv, ensureBuild } from "./lib/environment.mjs";
import { markdown, updateDocument, writeResult } from "./lib/report.mjs";

/**
 * @typedef {object} BenchContext
 * @property {number} rounds how often each thing is measured, alternating with what it is compared with
 * @property {boolean} quick whether fewer cases and shorter rounds are wanted
 * @property {string | undefined} against a built checkout to compare with instead of jupyter_rfb, in the parts that support it
 * @property {string} python the Python of .bench-venv
 * @property {(text: string) => void} say
 */

/** @returns {string[]} */
function partNames() {
  return readdirSync(at("bench", "parts"))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => file.slice(0, -".mjs".length))
    .sort();
}

function parseArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        quick: { type: "boolean", default: false },
        "no-build": { type: "boolean", default: false },
        against: { type: "string" },
      },
    });
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
    if (!Number.isInteger(rounds) || rounds < 1) {
      throw new StepError(`--rounds: expected a whole number above 0, got ${values.rounds}`, 2);
    }
    const all = partNames();
    const unknown = positionals.find((name) => !all.includes(name));
    if (unknown !== undefined) {
      throw new StepError(`bench: expected some of ${all.join(", ")}, got ${unknown}`, 2);
    }
    return { ...values, rounds, parts: positionals.length > 0 ? positionals : all };
  } catch (error) {
    if (error instanceof StepError) throw error;
    throw new StepError(error instanceof Error ? error.message : String(error), 2);
  }
}

async function main() {
  const { parts, rounds, quick, against, "no-build": noBuild } = parseArguments();
  const python = ensureBenchVenv();
  if (!noBuild) ensureBuild();
  mkdirSync(at("bench", ".work"), { recursive: true });
  /** @type {BenchContext} */
  const context = { rounds, quick, against, python, say };
  for (const part of parts) {
    say(`measuring: ${part}${quick ? " (quick)" : ""}`);
    const about = { ...aboutThisRun(), rounds, quick };
    const module = await import(new URL(`parts/${part}.mjs`, import.meta.url).href);
    /** @type {import("./lib/report.mjs").PartResult | undefined} */
    const result = await module.run(context);
    if (result === undefined) {
      say(`${part} cannot be measured on this machine: its results stay as they are`);
      continue;
    }
    for (const table of result.tables) console.log(`\n${markdown(table)}`);
    const keep = !quick && against === undefined;
    console.log();
    say(`wrote ${writeResult(part, about, result, keep)}`);
    if (keep) updateDocument(part, result.tables, caption(about));
  }
}

/** @param {ReturnType<typeof aboutThisRun> & { rounds: number }} about */
function caption({ date, commit, machine, rounds }) {
  return (
    `Measured ${date.slice(0, 10)} at commit ${commit}, ${rounds} ${rounds === 1 ? "round" : "rounds"}, on ${machine.cores} cores of ` +
    `${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.os}.`
  );
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(`\n[jupyter-rfb-ts] ${error.message}`);
  process.exitCode = error.exitCode;
}
