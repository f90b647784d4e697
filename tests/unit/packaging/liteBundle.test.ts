import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import * as source from "../../../src/lite";

const BUNDLE = pathToFileURL(resolve(import.meta.dirname, "../../../lib/lite/index.js")).href;

it("JupyterLite's library has the names of classes, which it prints", async () => {
  const bundle = (await import(/* @vite-ignore */ BUNDLE)) as typeof source;
  const names = (module: object): unknown[] =>
    Object.entries(module)
      .filter(([key, value]) => /^[A-Z]/.test(key) && typeof value === "function")
      .map(([key, value]) => [key, (value as { readonly name: string }).name])
      .sort();
  expect(names(source).length).toBeGreaterThan(70);
  expect(names(bundle)).toEqual(names(source));
  expect(inspect(new bundle.IntSlider({ value: 3 }))).toBe("IntSlider(value=3)");
});
