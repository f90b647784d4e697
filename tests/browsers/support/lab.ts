/** A notebook in JupyterLab, in any browser. */
import { join } from "node:path";
import { EVENTS_CELL, SQUARE_CELL, writeNotebook } from "../../hosts/support/notebook";
import { jupyterArguments, startServer, type HostServer } from "../../hosts/support/server";
import type { Box } from "../../support/box";
import { eventually } from "../../support/eventually";
import type {} from "../../support/jupyterApp";
import type { DrivenBrowser, Point } from "./browser";
import { boxOf, colorOnScreen, until } from "./states";

/** Where the notebook shows the picture. */
const CANVAS = ".jp-OutputArea .jupyter-rfb-canvas";

/** A notebook whose picture is gray with a red square in the middle; the gray follows the pointer's x. */
export class LabNotebook {
  readonly #browser: DrivenBrowser;
  readonly #server: HostServer;

  private constructor(browser: DrivenBrowser, server: HostServer) {
    this.#browser = browser;
    this.#server = server;
  }

  /** Starts a server, opens the notebook, and runs the cell with the picture. */
  static async open(browser: DrivenBrowser, name: string): Promise<LabNotebook> {
    const server = await startServer({
      name,
      args: (place) => jupyterArguments("lab", place),
    });
    const notebook = new LabNotebook(browser, server);
    try {
      writeNotebook(join(server.directory, "square.ipynb"), [SQUARE_CELL, EVENTS_CELL]);
      await browser.open(`${server.url}lab/tree/square.ipynb?reset`);
      await notebook.#ready();
      await notebook.#run(0);
      await until(true, () => notebook.#hasPicture());
    } catch (error) {
      await server.stop();
      throw error;
    }
    return notebook;
  }

  /** Saves the notebook and loads the page again; the kernel keeps running. */
  async reload(): Promise<void> {
    await this.#browser.evaluate(async () => {
      await jupyterapp?.commands.execute("docmanager:save");
    });
    await this.#browser.open(`${this.#server.url}lab/tree/square.ipynb`);
    await this.#ready();
    await until(true, () => this.#hasPicture());
  }

  /** Where the window shows the picture. */
  box(): Promise<Box> {
    return boxOf(this.#browser, CANVAS);
  }

  /** A point of the picture in the window. x and y: from 0 to 1. */
  async at(x: number, y: number): Promise<Point> {
    const box = await this.box();
    return [box.x + x * box.width, box.y + y * box.height];
  }

  /** The colour of a point of the picture on the screen. x and y: from 0 to 1. */
  async color(x: number, y: number): Promise<readonly number[]> {
    return colorOnScreen(this.#browser, await this.at(x, y));
  }

  /** The kinds of the events that reached the kernel. */
  async events(): Promise<string[]> {
    await this.#run(1);
    const read = (): Promise<string | undefined> =>
      this.#browser.evaluate(() => {
        const outputs = [...document.querySelectorAll(".jp-OutputArea-output")];
        return outputs.map(({ textContent }) => textContent).find((text) => /EVENTS/.test(text));
      });
    await eventually(read).toContain("EVENTS");
    return (await read())?.trim().replace("EVENTS ", "").split(",") ?? [];
  }

  /** Ends the server and the kernel. */
  close(): Promise<void> {
    return this.#server.stop();
  }

  async #ready(): Promise<void> {
    const connection = (): Promise<string | undefined> =>
      this.#browser.evaluate(() => {
        // The page may still be empty.
        const app = typeof jupyterapp === "undefined" ? undefined : jupyterapp;
        return app?.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus;
      });
    await until("connected", connection);
    await this.#browser.evaluate(async () => {
      await jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.info;
    });
  }

  async #run(cell: number): Promise<void> {
    await this.#browser.evaluate((cell) => {
      const panel = jupyterapp?.shell.currentWidget;
      if (panel === undefined) throw new Error("Cannot run a cell: no notebook is open");
      panel.content.activeCellIndex = cell;
      void jupyterapp?.commands.execute("notebook:run-cell");
    }, cell);
  }

  #hasPicture(): Promise<boolean> {
    return this.#browser.evaluate((selector) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector);
      canvas?.scrollIntoView({ block: "center" });
      return canvas !== null && canvas.width > 1;
    }, CANVAS);
  }
}
