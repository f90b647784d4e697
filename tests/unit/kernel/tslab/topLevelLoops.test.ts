import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { TypeScript } from "../../../../src/kernel/tslab/cellSyntax";
import { awaitTopLevelLoops } from "../../../../src/kernel/tslab/topLevelLoops";

const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
const typescript = fromTslab("@tslab/typescript-for-tslab") as TypeScript;

describe("a cell", () => {
  it.each([
    ["for await (const x of y) {}", "await null; for await (const x of y) {}"],
    ["// first\nlet n = 1;\nif (n) { for await (x of y) n++; }\nn", "let n"],
    ["/** @module a */\nimport a from 'a';\nfor  await (const x of a) {}", "import a"],
  ])("with a loop outside of any function gets an await: %j", (code, first) => {
    const corrected = awaitTopLevelLoops(typescript, code);
    expect(corrected.replace("await null; ", "")).toBe(code);
    expect(corrected).toContain(first.startsWith("await") ? first : `await null; ${first}`);
    expect(corrected.split("\n")).toHaveLength(code.split("\n").length);
  });

  it.each([
    "async function f() { for await (const x of y) {} }",
    "const f = async () => { for await (const x of y) {} }",
    "class A { async b() { for await (const x of y) {} } }",
    "'for await'",
    "for (const x of y) {}",
    "",
  ])("without one stays as it is: %j", (code) => {
    expect(awaitTopLevelLoops(typescript, code)).toBe(code);
  });
});
