import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** What a page has that loads the module. */
interface FakePage {
  readonly styles: { id?: string; textContent?: string }[];
  readonly names: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Loads dist/index.js as a loader does that knows no `require`, `exports` and `module`. */
function load(styles: FakePage["styles"] = []): FakePage {
  let names: readonly string[] = [];
  let factory: ((base: object) => object) | undefined;
  const document = {
    getElementById: (id: string) => styles.find((style) => style.id === id) ?? null,
    createElement: () => ({}),
    head: { append: (style: object) => void styles.push(style) },
  };
  const define = (asked: readonly string[], made: (base: object) => object): void => {
    names = asked;
    factory = made;
  };
  // What a page has and the module uses while it is loaded.
  const globals = { define, document, atob, Blob, performance, setTimeout, clearTimeout };
  runInNewContext(read("dist/index.js"), globals);
  class Base {
    static readonly serializers = {};
  }
  const exports = factory?.({
    ...{ DOMWidgetModel: Base, DOMWidgetView: Base, JupyterLuminoPanelWidget: Base },
    unpack_models: () => undefined,
  }) as FakePage["exports"];
  return { styles, names, exports };
}

describe("the AMD module", () => {
  it("asks for @jupyter-widgets/base alone, and has the model and the view", () => {
    const { names, exports } = load();
    expect([...names]).toEqual(["@jupyter-widgets/base"]);
    expect(Object.keys(exports).sort()).toEqual([
      ...["MODULE_NAME", "MODULE_VERSION", "RemoteFrameBufferModel", "RemoteFrameBufferView"],
    ]);
  });

  it("brings its style, once however often it is loaded", () => {
    const { styles } = load();
    load(styles);
    expect(styles).toHaveLength(1);
    expect(styles[0]?.textContent).toMatch(/\.jupyter-rfb-view ?\{/);
  });

  it("names no other module, and nothing of JupyterLab's plugin or of Node", () => {
    const code = read("dist/index.js");
    expect(code).not.toMatch(/\b(require|import)\s*\(/);
    for (const text of ["@jupyterlab/", "node:", "no Jupyter kernel is attached"]) {
      expect(code).not.toContain(text);
    }
  });
});

describe("extension.js", () => {
  const code = read("nbextension/extension.js");

  it("has the mapping that VS Code reads out of its text", () => {
    // From the name of the call to the first closing parenthesis, the innermost braces.
    const start = code.indexOf("requirejs.config({");
    const call = code.slice(code.indexOf("{", start), code.indexOf(")", start));
    const entries = call
      .split("{")
      .at(-1)
      ?.split("}")[0]
      ?.split(",")
      .map((entry) => entry.split(":").map((part) => part.trim().replaceAll('"', "")));
    expect(start).toBeGreaterThan(0);
    expect(entries).toEqual([["jupyter-rfb-ts", "nbextensions/jupyter-rfb-ts/index"]]);
  });

  it("maps the module for a page with requirejs, and can be enabled as an extension", () => {
    const configs: unknown[] = [];
    let extension: unknown;
    runInNewContext(code, {
      window: { requirejs: { config: (config: unknown) => configs.push(config) } },
      define: (make: () => unknown) => (extension = make()),
    });
    expect(JSON.stringify(configs)).toBe(
      '[{"map":{"*":{"jupyter-rfb-ts":"nbextensions/jupyter-rfb-ts/index"}}}]',
    );
    expect(extension).toHaveProperty("load_ipython_extension");
  });
});
