import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFrom, load } from "../../../src/kernel/node/load";

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-load #1 ")));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "node_modules", "modern"), { recursive: true });
  write("node_modules/modern/package.json", '{ "exports": { "import": "./index.mjs" } }');
  write("node_modules/modern/index.mjs", "export const late = await 1;");
  write("file.mjs", "export const late = await 2;");
  write("wrong.mjs", "export const = 1;");
  write("throws.mjs", "throw new RangeError('its own');");
  write("needy.mjs", 'import "not-there";');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("load()", () => {
  it.each<[string, () => string, number]>([
    ["a package", () => "modern", 1],
    ["a relative path", () => "./file.mjs", 2],
    ["an absolute path", () => join(folder, "file.mjs"), 2],
    ["a file: URL", () => pathToFileURL(join(folder, "file.mjs")).href, 2],
  ])("loads %s from the folder", async (_what, name, late) => {
    expect(await importFrom(folder, name())).toMatchObject({ late });
  });

  it("loads Node's own modules", async () => {
    expect(await load<{ join: unknown }>("node:path")).toHaveProperty("join", join);
  });

  it("loads a module once, and again under another name", async () => {
    const first = await importFrom(folder, "./file.mjs");
    expect(await importFrom(folder, "./file.mjs")).toBe(first);
    writeFileSync(join(folder, "file.mjs"), "export const late = await 3;");
    expect(await importFrom(folder, "./file.mjs?2")).toMatchObject({ late: 3 });
  });

  it.each([
    ["not-there", 'run "npm install not-there" there'],
    ["not-there/sub.js", 'run "npm install not-there" there'],
    ["@scope/not-there/sub", 'run "npm install @scope/not-there" there'],
  ])("says what to install for %s", async (name, advice) => {
    await expect(importFrom(folder, name)).rejects.toThrow(
      `cannot find module "${name}" from ${folder}: ${advice}`,
    );
  });

  it("says where it looked for a file", async () => {
    await expect(importFrom(folder, "./none.mjs")).rejects.toThrow(
      `cannot find module "./none.mjs" from ${folder}: there is no ${join(folder, "none.mjs")}`,
    );
    await expect(importFrom(folder, "./none.mjs")).rejects.toHaveProperty(
      "code",
      "ERR_MODULE_NOT_FOUND",
    );
  });

  it.each([
    ["./wrong.mjs", "Unexpected token"],
    ["./throws.mjs", "its own"],
    ["./needy.mjs", "Cannot find package 'not-there' imported from"],
    ["modern/sub", "Package subpath './sub' is not defined"],
  ])("passes the error of %s on", async (name, message) => {
    await expect(importFrom(folder, name)).rejects.toThrow(message);
  });

  it.each([[""], [undefined], [7]])("refuses %j", async (name) => {
    await expect(load(name as string)).rejects.toThrow(
      /^load: expected the name of a module, got /,
    );
  });
});
