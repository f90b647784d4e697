import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "..", "..", "..", "style");

const functions = /\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\([^)]*\)/;
const names =
  /(?<![\w-])(?:white|black|gr[ae]y|silver|red|green|blue|yellow|orange|purple|(?:dark|light)\w+)(?![\w-])/;
const literal = new RegExp(`#[0-9a-f]{3,8}\\b|${functions.source}|${names.source}`, "gi");

/**
 * The colours that a style sheet sets whatever the theme is: all but the fallbacks of JupyterLab's
 * variables.
 */
function fixedColours(css: string): string[] {
  const code = css.replace(/\/\*.*?\*\//gs, "").replace(/"[^"]*"/g, '""');
  const values = [...code.matchAll(/[\w-]+\s*:([^;{}]+)[;}]/g)].map(([, value = ""]) => value);
  return values.flatMap((value) => withoutThemeVariables(value).match(literal) ?? []);
}

/** A value without its `var(--jp-...)`, up to each one's own closing parenthesis. */
function withoutThemeVariables(value: string): string {
  const start = value.search(/var\(\s*--jp-/);
  if (start < 0) return value;
  let end = start + "var(".length;
  for (let depth = 1; depth > 0 && end < value.length; end += 1) {
    if (value[end] === "(") depth += 1;
    if (value[end] === ")") depth -= 1;
  }
  return value.slice(0, start) + withoutThemeVariables(value.slice(end));
}

describe("the colours of a style sheet", () => {
  it.each([
    ["a { color: #fff; }", "#fff"],
    ["a { color: rgb(0 0 0 / 45%) }", "rgb(0 0 0 / 45%)"],
    ["a { background: linear-gradient(transparent, white 3px); }", "white"],
    ["a { --mine: hsl(1 2% 3%); }", "hsl(1 2% 3%)"],
    ["a { color: var(--mine, black); }", "black"],
    ["a { border: 1px solid var(--jp-border-color1, rgb(0 0 0)) #123456; }", "#123456"],
  ])("are fixed in %s", (css, colour) => {
    expect(fixedColours(css)).toEqual([colour]);
  });

  it.each([
    "a { color: var(--jp-ui-font-color1, black); }",
    "a { color: var(--jp-a, var(--jp-b, rgb(0 0 0 / 1%))); }",
    "a { background: var(--mine) currentcolor; outline: 1px solid CanvasText; }",
    "#fade:hover { white-space: nowrap; } /* color: black; */",
  ])("are the theme's or the system's in %s", (css) => {
    expect(fixedColours(css)).toEqual([]);
  });
});

it.each(readdirSync(folder))("style/%s takes every colour from the theme", (file) => {
  expect(fixedColours(readFileSync(join(folder, file), "utf8"))).toEqual([]);
});
