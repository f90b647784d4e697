/** How an example notebook becomes a page of the docs site, and a program that runs in it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { liveProgram } from "../../../docs/.vitepress/notebooks/liveProgram";
import {
  readNotebook,
  readNotebooks,
  readTenLines,
} from "../../../docs/.vitepress/notebooks/notebook";
import { notebookPage } from "../../../docs/.vitepress/notebooks/page";
import { mainPicture } from "../../../docs/.vitepress/notebooks/pictures";
import { findShownCells } from "../../../docs/.vitepress/notebooks/shownCell";
import { disposedAfterEach } from "../../support/disposables";

type Output = Readonly<Record<string, unknown>>;

const code = (source: string, ...outputs: Output[]) => ({ cell_type: "code", source, outputs });
const text = (...source: string[]) => ({ cell_type: "markdown", source });
const stream = (printed: string): Output => ({ output_type: "stream", text: printed });
const png = (content: string): Output => ({
  output_type: "display_data",
  data: { "image/png": content, "text/plain": "Snapshot" },
});

const disposables = disposedAfterEach();

/** A notebook of these cells, in a file. */
function notebook(cells: readonly object[], metadata: object = {}) {
  const file = join(disposables.folder(), "waves.ipynb");
  writeFileSync(file, JSON.stringify({ cells, metadata }));
  return readNotebook(file);
}

const WAVES = [
  text("# Waves\n", "\n", "A picture of `waves`. It follows\n", "the mouse."),
  code('import { RemoteFrameBuffer, type Frame } from "jupyter-rfb-ts";\nclass Waves {}'),
  code("const w: Waves = new Waves();\nw", png("bGl2ZQ==")),
  code('import { readFileSync } from "node:fs";\nw.get_stats()', stream("{ fps: 1 }")),
];

describe("readNotebook", () => {
  it("finds the title and the first sentence", () => {
    expect(notebook(WAVES)).toMatchObject({
      name: "waves",
      title: "Waves",
      summary: "A picture of `waves`.",
      isLive: false,
    });
  });

  it.each([
    ["`npm install a`\n\nA picture in Node. Hover.", "A picture in Node."],
    ["`npm install a`. Bytes\nare frames: all of them.", "Bytes are frames."],
    [
      '`npm install a`, 2 MB. With `codec: "h264"` it is a video.',
      'With `codec: "h264"` it is a video.',
    ],
  ])("takes a sentence that isn't about installing: %s", (introduction, summary) => {
    expect(notebook([text(`# A\n\n${introduction}`)]).summary).toBe(summary);
  });

  it("follows the author's word that it runs in a page", () => {
    expect(notebook(WAVES, { "jupyter-rfb-ts": { live: true } }).isLive).toBe(true);
  });

  it("rejects a notebook without a title", () => {
    expect(() => notebook([code("1")])).toThrow('expected a first cell with a "# title"');
  });

  it("reads every example", () => {
    expect(readNotebooks()[0]?.name).toBe("hello_world");
  });
});

describe("findShownCells", () => {
  it.each(["w", "new Waves()", "display(w)", "w;"])("takes %s for a widget", (last) => {
    const { cells } = notebook([text("# A"), code("1"), code(`f();\n${last}`)]);
    expect(findShownCells(cells)).toEqual([2]);
  });

  it("takes neither a snapshot nor a printed value for one", () => {
    const { cells } = notebook([text("# A"), code("w.snapshot()"), code("rows", stream("[]"))]);
    expect(findShownCells(cells)).toEqual([]);
  });

  it("takes those in succession", () => {
    const { cells } = notebook([
      text("# A"),
      code("1 + 1"),
      code("w"),
      code("new Waves()"),
      code("w.snapshot()"),
      code("w"),
    ]);
    expect(findShownCells(cells)).toEqual([2, 3]);
  });
});

describe("liveProgram", () => {
  it("has the code up to the widget, which it returns, without types", () => {
    const program = liveProgram(notebook(WAVES));
    expect(program).toContain("class Waves {");
    expect(program).toContain("const w = new Waves();");
    expect(program).toContain("$shown.push(w);");
    expect(program).toContain("export async function run(");
    // Nothing of the module is used as a value, and the cell below shows nothing.
    expect(program).not.toContain("import");
    expect(program).not.toContain("get_stats");
  });

  it("imports what it uses", () => {
    const imported = 'import { RemoteFrameBuffer, type Frame } from "jupyter-rfb-ts";';
    const program = liveProgram(
      notebook([text("# A"), code(`${imported}\nnew RemoteFrameBuffer()`)]),
    );
    expect(program).toContain('import { RemoteFrameBuffer } from "jupyter-rfb-ts";');
  });

  it("runs the ten lines of README.md", () => {
    expect(liveProgram(readTenLines())).toMatch(/\$shown\.push\(new \w+\(/);
  });

  it("shows the widgets of cells in succession", () => {
    const program = liveProgram(notebook([text("# A"), code("w"), code("f();\nv"), code("g()")]));
    expect(program).toMatch(/\$shown\.push\(w\);\s+f\(\);\s+\$shown\.push\(v\);\s+return \$shown;/);
    expect(program).not.toContain("g()");
  });

  it("rejects a notebook that shows no widget", () => {
    expect(() => liveProgram(notebook([text("# A"), code("f()")]))).toThrow(
      "expected a cell that shows a widget",
    );
  });
});

describe("a notebook's page", () => {
  it("shows its picture, its text, its code and what it printed", () => {
    const page = notebookPage(notebook(WAVES));
    expect(page).toContain("![Waves](./pictures/waves-2.png)");
    expect(page.match(/waves-2\.png/g)).toHaveLength(1);
    expect(page).toContain("````ts\nconst w: Waves = new Waves();\nw\n````");
    expect(page).toContain("{ fps: 1 }");
    expect(page).not.toContain("<LiveExample");
    expect(page).toContain("A still picture: run the notebook to use it.");
  });

  it("runs it, where its author says so", () => {
    const page = notebookPage(notebook(WAVES, { "jupyter-rfb-ts": { live: true } }));
    expect(page).toContain('<LiveExample name="waves">');
    expect(page).not.toContain("A still picture");
  });

  it("has the pictures of all widgets at its top, where it runs", () => {
    const cells = [text("# A"), code("w", png("AA==")), code("v", png("AA=="))];
    const page = notebookPage(notebook(cells, { "jupyter-rfb-ts": { live: true } }));
    const [top = "", below = ""] = page.split("</LiveExample>");
    expect(top.match(/waves-[12]\.png/g)).toEqual(["waves-1.png", "waves-2.png"]);
    expect(below).not.toContain(".png");
  });

  it("takes the last picture where the widget has none", () => {
    const cells = [
      text("# A"),
      code("w"),
      code("w.snapshot()", png("AA==")),
      code("x", png("AA==")),
    ];
    expect(mainPicture(notebook(cells))).toBe("waves-3.png");
    expect(mainPicture(notebook([text("# A"), code("w")]))).toBeUndefined();
  });
});
