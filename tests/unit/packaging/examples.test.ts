import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(__dirname, "..", "..", "..");
const EXAMPLES = join(root, "examples");
const notebooks = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ipynb"));

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const { devDependencies, optionalDependencies } = JSON.parse(read("package.json")) as Readonly<
  Record<"devDependencies" | "optionalDependencies", Readonly<Record<string, string>>>
>;
const large = JSON.parse(read("ui-tests", "examples", "package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly metadata: object;
  readonly source: string | readonly string[];
  readonly outputs?: readonly {
    readonly output_type: string;
    readonly name?: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
}

interface Notebook {
  readonly metadata: { readonly kernelspec: { readonly name: string } };
  readonly cells: readonly Cell[];
}

const sourceOf = ({ source }: Cell): string => [source].flat().join("");

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** The packages that a first cell asks for. */
function packagesOf(first: Cell | undefined): string[] {
  const title = first === undefined ? "" : sourceOf(first);
  return words(/^`npm install ([^`]+)`/m.exec(title)?.[1] ?? "");
}

/** The packages that examples/README.md names for each notebook, by the notebook's file name. */
function packagesInTables(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let hasColumn = false;
  for (const line of read("examples", "README.md").split("\n")) {
    if (/^\| notebook /.test(line)) hasColumn = line.includes("`npm install`");
    const name = /^\| \[[^\]]+\]\(([^)]+\.ipynb)\)/.exec(line)?.[1];
    if (name === undefined) continue;
    // In the last column, or in the text of a table without that column.
    const named = hasColumn ? /\| `([^`]+)`[^|]*\|$/ : /`npm install ([^`]+)`/;
    found.set(name, words(named.exec(line)?.[1] ?? ""));
  }
  return found;
}

describe.each(notebooks)("examples/%s", (name) => {
  const notebook = JSON.parse(read("examples", name)) as Notebook;
  const [first] = notebook.cells;
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  const types = outputs.flatMap((output) => Object.keys(output.data ?? {}));

  it("asks for the tslab kernel", () => {
    expect(notebook.metadata.kernelspec.name).toBe("tslab");
  });

  it("begins with a title", () => {
    expect(first?.cell_type).toBe("markdown");
    expect(first === undefined ? "" : sourceOf(first)).toMatch(/^# \S.*\n\n\S/);
  });

  it("shows a picture where no kernel runs", () => {
    expect(types).toContain("image/png");
  });

  it("holds no live view, whose kernel is gone", () => {
    expect(types).not.toContain("application/vnd.jupyter.widget-view+json");
    expect(notebook.metadata).not.toHaveProperty("widgets");
  });

  it("has run whole, without an error", () => {
    const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, index) => index + 1));
    expect(outputs.filter((output) => output.output_type === "error")).toEqual([]);
    expect(outputs.filter((output) => output.name === "stderr")).toEqual([]);
  });

  it("keeps no times of its cells", () => {
    expect(notebook.cells.map((cell) => cell.metadata)).toEqual(notebook.cells.map(() => ({})));
  });

  it("stays under 400 KB", () => {
    expect(statSync(join(EXAMPLES, name)).size).toBeLessThan(400_000);
  });

  it("names each package that it imports, and that is not installed with this one", () => {
    const imports = notebook.cells
      .filter(({ cell_type }) => cell_type === "code")
      .flatMap((cell) => [...sourceOf(cell).matchAll(/^(?:import|\}) [^"]*from "([^"]+)"/gm)])
      .map(([, path = ""]) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "")
      .filter((path) => path !== "jupyter-rfb-ts" && !path.startsWith("node:"));
    const packages = packagesOf(first);
    expect(packages).toEqual(expect.arrayContaining(imports));
    // Which is where its test finds them.
    const installed = { ...devDependencies, ...optionalDependencies, ...large.dependencies };
    expect(packages.filter((wanted) => !(wanted in installed))).toEqual([]);
  });

  it("asks for the packages that the README names", () => {
    expect(packagesInTables().get(name)).toEqual(packagesOf(first));
  });
});

describe("the examples", () => {
  it("stay under 6 MB, all together", () => {
    const sizes = notebooks.map((name) => statSync(join(EXAMPLES, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6_000_000);
  });

  it("are all in the README", () => {
    const listed = [...read("examples", "README.md").matchAll(/\]\(([^)/]+\.ipynb)\)/g)];
    expect(listed.map(([, name]) => name).sort()).toEqual([...notebooks].sort());
  });

  it("with large packages ask for nothing that is installed anyway", () => {
    expect(Object.keys(large.dependencies).filter((name) => name in devDependencies)).toEqual([]);
  });

  it("with large packages name no registry, so that each machine uses its own", () => {
    expect(read("ui-tests", "examples", "package-lock.json")).not.toContain('"resolved"');
  });
});
