import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import {
  expandShorthands,
  installCellSource,
  type TypeScript,
} from "../../../../src/kernel/tslab/cellSource";
import type { TslabModule } from "../../../../src/kernel/tslab/tslabKernelInternals";

const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
const typescript = fromTslab("@tslab/typescript-for-tslab") as TypeScript;

const expand = (code: string): string =>
  expandShorthands(typescript, code, (name) => ["data", "shape"].includes(name));

describe("a cell's shorthand properties of earlier names", () => {
  it.each([
    ["({ data })", "({ data: data })"],
    ["f({ data, shape, other })", "f({ data: data, shape: shape, other })"],
    [
      "() => { return { data, a: { shape } }; }",
      "() => { return { data: data, a: { shape: shape } }; }",
    ],
    ["({ data = 5, shape } = object)", "({ data: data = 5, shape: shape } = object)"],
    ["({ a: { data } } = object)", "({ a: { data: data } } = object)"],
    [
      "({\n  // the pixels\n  data, // bytes\n})",
      "({\n  // the pixels\n  data: data, // bytes\n})",
    ],
    ["({ données: 1, data })", "({ données: 1, data: data })"],
    ["class A { make() { return { data }; } }", "class A { make() { return { data: data }; } }"],
    ["const a: { data: T } = { data }", "const a: { data: T } = { data: data }"],
    ["const f = (data) => ({ data })", "const f = (data) => ({ data: data })"],
    [
      "({ data, get shape() { return { shape } } })",
      "({ data: data, get shape() { return { shape: shape } } })",
    ],
    ["`${f({ data })} { data }`", "`${f({ data: data })} { data }`"],
  ])("are written out in %j", (code, expected) => {
    expect(expand(code)).toBe(expected);
  });

  it.each([
    "({ other })",
    "({ data: 1 })",
    "({ data() {} })",
    "({ ...data })",
    "const { data } = object",
    "const f = ({ data, shape }) => data",
    "import { data } from 'x'",
    "export { data }",
    "'({ data })'",
    "`${1} { data }`",
    "// ({ data })",
    "/{ data }/.test(x)",
    "}{ data,",
    "",
    "const a = { data;",
    "f({ data }); const = 3",
    "f({ data }); f(",
  ])("leave %j alone", (code) => {
    expect(expand(code)).toBe(code);
  });
});

describe("a cell's code that is", () => {
  it("long is corrected everywhere", () => {
    const lines = (line: string): string => `${line}\n`.repeat(20_000);
    expect(expand(lines("f({ data });"))).toBe(lines("f({ data: data });"));
  });

  it("deeply nested is corrected", () => {
    const sum = (term: string): string => `${"1 + ".repeat(20_000)}${term}`;
    expect(expand(sum("f({ data })"))).toBe(sum("f({ data: data })"));
  });
});

describe("a tslab that isn't as expected", () => {
  const run = (request: { readonly code: string }): string => request.code;

  it.each([
    [{ handler: undefined, typescript }],
    [{ handler: {}, typescript }],
    [{ handler: { handleExecuteImpl: run }, typescript: undefined }],
    [{ handler: { handleExecuteImpl: run }, typescript: {} }],
  ])("is left as it is", (parts) => {
    const { handler } = parts as { handler: { handleExecuteImpl?: unknown } | undefined };
    const before = handler?.handleExecuteImpl;
    installCellSource(parts as unknown as TslabModule, () => ({}));
    expect(handler?.handleExecuteImpl).toBe(before);
  });

  it("gets the code as it is if it is too deeply nested to be read", () => {
    const handler = { handleExecuteImpl: run };
    installCellSource({ handler, typescript } as unknown as TslabModule, () => ({ data: 1 }));
    const code = `${"(".repeat(50_000)}{ data }${")".repeat(50_000)}`;
    expect(handler.handleExecuteImpl({ code })).toBe(code);
  });

  it("otherwise gets corrected code, and everything else unchanged", () => {
    const seen: unknown[] = [];
    const handler = {
      handleExecuteImpl(this: unknown, ...args: unknown[]) {
        seen.push(this, ...args);
        return 7;
      },
    };
    let names: object = {};
    installCellSource({ handler, typescript } as unknown as TslabModule, () => names);
    const request = { code: "({ data })", silent: false };
    const call = (): number => handler.handleExecuteImpl(request, "stream", "display");
    expect(call()).toBe(7);
    names = { data: 1 };
    call();
    expect(seen).toEqual([
      handler,
      request,
      "stream",
      "display",
      handler,
      { code: "({ data: data })", silent: false },
      "stream",
      "display",
    ]);
  });
});
