import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type * as Widgets from "../../../src/widgets";
import { LoopbackKernel } from "../../support/loopbackKernel";

const LIBRARY = resolve(import.meta.dirname, "../../../lib");
const WIDGETS = join(LIBRARY, "widgets", "index.js");

/** Run in a plain Node process: what importing widgets changes there, as JSON. */
const IMPORT = `
  const { dirname, relative } = require("node:path");
  const state = () => ({
    globals: Reflect.ownKeys(globalThis).map(String),
    environment: { ...process.env },
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    handles: process.getActiveResourcesInfo(),
    streams: [process.stdout, process.stderr].map((stream) => Object.keys(stream)),
  });
  state();
  const before = state();
  const { hasKernel } = require(process.argv[1]);
  const after = state();
  const folders = Object.keys(require.cache).map((file) =>
    relative(process.argv[2], dirname(file)).replaceAll("\\\\", "/"),
  );
  console.log(JSON.stringify({ before, after, hasKernel: hasKernel(), folders: [...new Set(folders)] }));
`;

describe("importing widgets in a plain Node process", () => {
  const output = execFileSync(process.execPath, ["-e", IMPORT, WIDGETS, LIBRARY], {
    encoding: "utf8",
  });
  const { before, after, hasKernel, folders } = JSON.parse(output) as Record<string, unknown>;

  it("registers no kernel", () => {
    expect(hasKernel).toBe(false);
  });

  it("changes nothing of the process", () => {
    expect(after).toEqual(before);
  });

  it("loads neither a kernel nor frames", () => {
    expect((folders as string[]).sort()).toEqual(["protocol", "widgets", "widgets/generated"]);
  });
});

/**
 * Loads a built module in a context that has the language and the given globals, but nothing of
 * Node's.
 */
function loadWithoutNode(file: string, globals: object): unknown {
  const context = createContext({ ...globals });
  const loaded = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(path, module);
    const run = runInContext(
      `(module, exports, require) => {${readFileSync(path, "utf8")}\n}`,
      context,
    ) as (module: object, exports: unknown, require: (id: string) => unknown) => void;
    run(module, module.exports, (id) => {
      if (!id.startsWith(".")) throw new Error(`Cannot import ${id} here`);
      return load(`${join(dirname(path), id)}.js`);
    });
    return module.exports;
  };
  return load(file);
}

describe("widgets in a runtime without Node", () => {
  const { Output, openWidget, registerKernel, getKernel } = loadWithoutNode(WIDGETS, {
    btoa,
    clearTimeout,
    console,
    crypto,
    performance,
    queueMicrotask,
    setTimeout,
  }) as typeof Widgets;

  it("need a kernel to be shown", () => {
    expect(() => getKernel()).toThrow("Cannot show a widget: no Jupyter kernel is attached");
  });

  it("are shown by any kernel that registers itself", async () => {
    const kernel = new LoopbackKernel();
    registerKernel(kernel);
    const output = new Output();
    openWidget(output);
    output.append_stdout("hello");
    await Promise.resolve();
    expect(kernel.frontend.models.get(output.model_id)).toMatchObject({
      _model_name: "OutputModel",
      outputs: [{ output_type: "stream", name: "stdout", text: "hello" }],
    });
  });
});
