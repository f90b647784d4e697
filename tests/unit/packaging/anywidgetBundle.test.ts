import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "../../../lib/anywidget");

describe("the modules for anywidget", () => {
  it.each(["frontEnd", "loader"])("%s is one file, with nothing of Node", (name) => {
    const code = readFileSync(join(folder, `${name}.js`), "utf8");
    expect(code).not.toMatch(/\b(?:import|from)\s*["']|\bimport\s*\(\s*["'`]/);
    expect(code).not.toMatch(/\brequire\(|\bprocess\.|\bBuffer\b|["']node:/);
    expect(code).toMatch(name === "loader" ? /export\{\w+ as default\}/ : /as openPicture\}/);
  });

  it("have the style in them", () => {
    expect(readFileSync(join(folder, "frontEnd.js"), "utf8")).toContain(".jupyter-rfb-view{");
  });
});
