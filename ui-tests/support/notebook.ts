import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { INotebookContent, IOutput, IStream } from "@jupyterlab/nbformat";
import { type Locator, type Page, expect } from "@playwright/test";
import { server } from "./environment";

/** The pixels of a canvas: RGBA, row by row from the top. */
export interface CanvasPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The parts of JupyterLab's application object that the tests use; the test server's pages expose it. */
interface ExposedWindow {
  readonly jupyterapp?: {
    readonly shell: { readonly currentWidget: NotebookPanel | null };
    readonly commands: { execute(id: string, args: object): Promise<unknown> };
  };
}

interface NotebookPanel {
  readonly context?: {
    readonly path: string;
    readonly isReady: boolean;
    readonly model: { readonly dirty: boolean };
    save(): Promise<void>;
  };
  readonly sessionContext?: {
    readonly session?: {
      readonly kernel?: {
        readonly name: string;
        readonly status: string;
        readonly connectionStatus: string;
        readonly info: Promise<unknown>;
        restart(): Promise<void>;
        requestCommInfo(content: object): Promise<{
          readonly content: { readonly comms?: object };
        }>;
      } | null;
    } | null;
  };
  readonly content?: {
    readonly widgets: readonly {
      readonly model: {
        readonly executionCount?: number | null;
        readonly executionState?: string;
        readonly outputs?: { toJSON(): unknown[] };
      };
    }[];
    activeCellIndex: number;
    mode: string;
    activate(): void;
  };
}

/** Writes a notebook with the tslab kernel into the test server's folder.
 *
 * @param path - relative to that folder
 * @param sources - the code cells
 */
export function writeNotebook(path: string, sources: readonly string[]): void {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" },
      language_info: { name: "typescript" },
    },
    cells: sources.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  };
  const file = join(server.rootDirectory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(notebook));
}

/** Copies a notebook, of examples/ for instance, into the test server's folder; without its outputs where that is asked for. */
export function copyNotebook(from: string, path: string, { outputs = true } = {}): void {
  const file = join(server.rootDirectory, path);
  mkdirSync(dirname(file), { recursive: true });
  const content = JSON.parse(readFileSync(from, "utf8")) as INotebookContent;
  if (!outputs) {
    for (const cell of content.cells) {
      if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
    }
  }
  writeFileSync(file, JSON.stringify(content));
}

/** Reads a notebook of the test server's folder as it lies on the disk. */
export function readNotebook(path: string): INotebookContent {
  return JSON.parse(readFileSync(join(server.rootDirectory, path), "utf8")) as INotebookContent;
}

/** Writes a notebook of the test server's folder as it was read. */
export function saveNotebook(path: string, content: INotebookContent): void {
  writeFileSync(join(server.rootDirectory, path), JSON.stringify(content));
}

/**
 * A notebook that is open in a page of JupyterLab or Notebook 7. It works through what a person has (keys, the pointer) and
 * asks the page's application only for what a person sees without being able to click it: is the kernel connected, has
 * the cell ended.
 */
export class OpenNotebook {
  private constructor(
    /** The page, for real clicks and keys. */
    readonly page: Page,
    private readonly path: string,
  ) {}

  /**
   * Opens a notebook in a page of JupyterLab and waits until its kernel answers.
   *
   * @param path - relative to the test server's folder
   */
  static async inLab(page: Page, path: string): Promise<OpenNotebook> {
    await page.evaluate(async (notebookPath) => {
      const app = (window as unknown as ExposedWindow).jupyterapp;
      if (app === undefined) throw new Error("JupyterLab is not loaded");
      await app.commands.execute("docmanager:open", { path: notebookPath });
    }, path);
    return OpenNotebook.whenReady(page, path);
  }

  /** Opens a notebook in Notebook 7 and waits until its kernel answers. */
  static async inNotebook7(page: Page, path: string): Promise<OpenNotebook> {
    await page.goto(`${server.url}/notebooks/${encodeURI(path)}`);
    return OpenNotebook.whenReady(page, path);
  }

  private static async whenReady(page: Page, path: string): Promise<OpenNotebook> {
    const notebook = new OpenNotebook(page, path);
    await notebook.ready();
    return notebook;
  }

  /**
   * Waits until the notebook is shown and its kernel's websocket is open. The status "idle" alone is not enough: it is
   * shown before, and a cell that is run then is lost.
   */
  async ready(): Promise<void> {
    await this.page.waitForFunction((path) => {
      const panel = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget;
      const kernel = panel?.sessionContext?.session?.kernel;
      return (
        panel?.context?.path === path &&
        panel.context.isReady &&
        kernel?.connectionStatus === "connected" &&
        kernel.status === "idle"
      );
    }, this.path);
    // The kernel's answer to kernel_info_request: it came through the websocket.
    await this.page.evaluate(async () => {
      const panel = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget;
      await panel?.sessionContext?.session?.kernel?.info;
    });
    await expect(this.cells.first()).toBeVisible();
  }

  /** The notebook's cells. */
  get cells(): Locator {
    return this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell");
  }

  /** One cell, by its index from 0. */
  cell(index: number): Locator {
    return this.cells.nth(index);
  }

  /** A cell's output area. */
  output(index: number): Locator {
    return this.cell(index).locator(".jp-Cell-outputArea");
  }

  /** The canvas in a cell's output; with several views, the nth. */
  canvas(index: number, nth = 0): Locator {
    return this.output(index).locator("canvas").nth(nth);
  }

  /** Makes a cell the active one, in command mode, and scrolls it into view. */
  async select(index: number): Promise<void> {
    await this.page.evaluate((cellIndex) => {
      const content = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget?.content;
      if (content === undefined) throw new Error("No notebook is open");
      content.activeCellIndex = cellIndex;
      content.mode = "command";
      content.activate();
    }, index);
    await this.cell(index).scrollIntoViewIfNeeded();
    await expect(this.cell(index)).toHaveClass(/jp-mod-active/);
  }

  /** Runs a cell with Ctrl+Enter and waits until the kernel has ended it. */
  async run(index: number): Promise<void> {
    const before = await this.start(index);
    await this.page.waitForFunction(
      ([cellIndex, countBefore]) => {
        const content = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget
          ?.content;
        const model = content?.widgets[cellIndex]?.model;
        const count = model?.executionCount ?? null;
        return model?.executionState === "idle" && count !== null && count !== countBefore;
      },
      [index, before] as const,
    );
  }

  /** Starts a cell with Ctrl+Enter and does not wait. Returns its execution count from before. */
  async start(index: number): Promise<number | null> {
    await this.select(index);
    const before = await this.page.evaluate((cellIndex) => {
      const content = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget?.content;
      return content?.widgets[cellIndex]?.model.executionCount ?? null;
    }, index);
    await this.page.keyboard.press("Control+Enter");
    return before;
  }

  /** How many comms the kernel has open. */
  async openComms(): Promise<number> {
    return this.page.evaluate(async () => {
      const panel = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget;
      const reply = await panel?.sessionContext?.session?.kernel?.requestCommInfo({});
      return Object.keys(reply?.content.comms ?? {}).length;
    });
  }

  /** A cell's outputs as they would be saved. */
  async outputs(index: number): Promise<IOutput[]> {
    return this.page.evaluate((cellIndex) => {
      const content = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget?.content;
      return (content?.widgets[cellIndex]?.model.outputs?.toJSON() ?? []) as IOutput[];
    }, index);
  }

  /** The text that a cell printed, stdout and stderr together, without colours. */
  async printed(index: number): Promise<string> {
    const outputs = await this.outputs(index);
    return stripVTControlCharacters(outputs.filter(isStream).map(streamText).join(""));
  }

  /** The pixels of the canvas in a cell's output. */
  async pixels(index: number, nth = 0): Promise<CanvasPixels> {
    return readCanvas(this.canvas(index, nth));
  }

  /** Where a point of the canvas in a cell's output is on the page, in CSS pixels. */
  async onPage(
    index: number,
    [x, y]: readonly [number, number],
    nth = 0,
  ): Promise<[number, number]> {
    const box = await this.canvas(index, nth).boundingBox();
    if (box === null) throw new Error("The canvas is not shown");
    return [box.x + x, box.y + y];
  }

  /** Saves the notebook with Ctrl+S and waits until it is on the disk. */
  async save(): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await this.page.waitForFunction(() => {
      const panel = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget;
      return panel?.context?.model.dirty === false;
    });
  }

  /** Restarts the kernel. */
  async restartKernel(): Promise<void> {
    await this.page.evaluate(async () => {
      const panel = (window as unknown as ExposedWindow).jupyterapp?.shell.currentWidget;
      await panel?.sessionContext?.session?.kernel?.restart();
    });
  }

  /** Loads the page again; the kernel keeps running. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }
}

function isStream(output: IOutput): output is IStream {
  return output.output_type === "stream";
}

function streamText({ text }: IStream): string {
  return typeof text === "string" ? text : text.join("");
}

/** Reads the pixels of any canvas, whatever its context is. */
export async function readCanvas(canvas: Locator): Promise<CanvasPixels> {
  const read = await canvas.evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) throw new Error("Not a canvas");
    const { width, height } = element;
    const copy = new OffscreenCanvas(width, height).getContext("2d");
    if (copy === null) throw new Error("Cannot make a 2d context");
    copy.drawImage(element, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let text = "";
    // In parts: a function takes only so many arguments.
    for (let start = 0; start < data.length; start += 0x8000) {
      text += String.fromCharCode(...data.subarray(start, start + 0x8000));
    }
    return { width, height, base64: btoa(text) };
  });
  return { width: read.width, height: read.height, data: Buffer.from(read.base64, "base64") };
}

/** The colour of one pixel, in physical pixels from the top left: [red, green, blue, alpha]. */
export function pixelAt(pixels: CanvasPixels, x: number, y: number): readonly number[] {
  const start = (y * pixels.width + x) * 4;
  return [...pixels.data.subarray(start, start + 4)];
}
