import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");
const read = (name: string): string => readFileSync(join(root, "lib", "client", name), "utf8");

/** The modules that a bundle imports or loads. */
function imports(code: string): string[] {
  return [...code.matchAll(/\b(?:import|from)\s*\(?["']([^"']+)["']/g)].map(
    ([, module = ""]) => module,
  );
}

describe("the browser client's bundle", () => {
  it.each([
    ["index.js", []],
    ["worker.js", []],
    ["element.js", ["./index.js"]],
    ["react.js", ["react", "./index.js"]],
  ])("%s imports %o, and nothing of Node", (name, expected) => {
    const code = read(name);
    expect(imports(code)).toEqual(expected);
    expect(code).not.toMatch(/\brequire\(|\bprocess\.|\bBuffer\b|["']node:/);
  });

  // .size-limit.json has the most, which a bundle without the worker would keep to as well.
  it("has the worker in it", () => {
    const index = read("index.js");
    expect(index).toContain("OffscreenCanvas");
    expect(index).toContain("VideoDecoder");
    expect(gzipSync(index).length).toBeGreaterThan(gzipSync(read("worker.js")).length);
  });

  it("has a worker that needs no module loader", () => {
    expect(read("worker.js")).not.toMatch(/\bexport\b|\bimport\.meta\b/);
  });
});
