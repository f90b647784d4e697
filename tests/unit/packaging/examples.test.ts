import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const EXAMPLES = resolve(__dirname, "..", "..", "..", "examples");
const notebooks = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ipynb"));

interface Notebook {
  readonly metadata: { readonly kernelspec: { readonly name: string } };
  readonly cells: readonly {
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
  }[];
}

describe.each(notebooks)("examples/%s", (name) => {
  const notebook = JSON.parse(readFileSync(join(EXAMPLES, name), "utf8")) as Notebook;
  const types = notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .flatMap((output) => Object.keys(output.data ?? {}));

  it("asks for the tslab kernel", () => {
    expect(notebook.metadata.kernelspec.name).toBe("tslab");
  });

  it("shows a picture where no kernel runs", () => {
    expect(types).toContain("image/png");
  });

  it("holds no live view, whose kernel is gone", () => {
    expect(types).not.toContain("application/vnd.jupyter.widget-view+json");
  });
});
