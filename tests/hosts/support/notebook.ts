/** A notebook with a picture in it, and what a test does with it in JupyterLab or Notebook 7. */
import { writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { CONNECTION_STATUS } from "../../support/jupyterApp";

/** A cell whose picture is gray with a red square in the middle; the gray follows the pointer's x. */
export const SQUARE_CELL = `import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
class Square extends RemoteFrameBuffer {
  level = 60;
  seen: string[] = [];
  get_frame() {
    const [height, width] = [200, 300];
    const data = new Uint8Array(height * width * 3).fill(this.level);
    for (let y = 50; y < 150; y++)
      for (let x = 100; x < 200; x++) data.set([220, 40, 30], (y * width + x) * 3);
    return { data, shape: [height, width, 3] as [number, number, number] };
  }
  handle_event(event: RfbEvent) {
    this.seen.push(event.event_type);
    if (event.event_type !== "pointer_move") return;
    this.level = Math.round(event.x);
    this.request_draw();
  }
}
const w = new Square({ css_width: "300px", css_height: "200px" });
w;`;

/** The colour of the square of {@link SQUARE_CELL}. */
export const SQUARE_RED = [220, 40, 30] as const;

/** Prints the events that {@link SQUARE_CELL} got. */
export const EVENTS_CELL = `console.log("EVENTS " + [...new Set(w.seen)].join(","));`;

/** Where the picture is painted. */
export const CANVAS = ".jupyter-rfb-canvas";

/** Writes a notebook. */
export function writeNotebook(
  path: string,
  cells: readonly string[],
  kernel: { readonly name: string; readonly language: string } = {
    name: "tslab",
    language: "typescript",
  },
): void {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { ...kernel, display_name: kernel.name },
      language_info: { name: kernel.language },
    },
    cells: cells.map((source, at) => ({
      ...{ cell_type: "code", id: `cell-${at}`, metadata: {}, execution_count: null },
      ...{ outputs: [], source },
    })),
  };
  writeFileSync(path, JSON.stringify(notebook));
}

/** Runs all cells of the notebook that a page shows, once its kernel has answered. */
export async function runAll(page: Page): Promise<void> {
  await page.waitForFunction(`${CONNECTION_STATUS} === "connected"`);
  await page.evaluate(async () => {
    await jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.info;
    void jupyterapp?.commands.execute("notebook:run-all-cells");
  });
}

/** Runs one cell of the notebook that a page shows, and returns what it then shows below. */
export async function runCell(page: Page, index: number): Promise<string> {
  return page.evaluate(async (index) => {
    const notebook = jupyterapp?.shell.currentWidget?.content;
    if (notebook !== undefined) notebook.activeCellIndex = index;
    // Settles once the cell has run.
    await jupyterapp?.commands.execute("notebook:run-cell");
    const cell = document.querySelectorAll(".jp-Notebook .jp-CodeCell")[index];
    return cell?.querySelector(".jp-OutputArea-output")?.textContent ?? "";
  }, index);
}

/**
 * The colour of a pixel of a canvas; undefined while there is none. x and y: from 0 to 1.
 *
 * @param at - which of the canvases that the selector finds
 */
export function pixelAt(
  page: Page,
  x: number,
  y: number,
  selector = CANVAS,
  at = 0,
): Promise<readonly number[] | undefined> {
  return page.evaluate(
    ([x, y, selector, at]) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>(selector)[at];
      if (canvas === undefined || canvas.width === 0) return undefined;
      const copy = document.createElement("canvas");
      copy.width = canvas.width;
      copy.height = canvas.height;
      const context = copy.getContext("2d");
      context?.drawImage(canvas, 0, 0);
      const [left, top] = [Math.floor(x * copy.width), Math.floor(y * copy.height)];
      return [...(context?.getImageData(left, top, 1, 1).data ?? [])].slice(0, 3);
    },
    [x, y, selector, at] as const,
  );
}
