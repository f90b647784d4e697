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
  ])("leave %j alone", (code) => {
    expect(expand(code)).toBe(code);
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
