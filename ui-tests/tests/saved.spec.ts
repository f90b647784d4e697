/** What a saved notebook shows of its pictures without the kernel that drew them. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { IDisplayData } from "@jupyterlab/nbformat";
import { expect, test, type Page } from "@playwright/test";
import { PNG } from "pngjs";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { expectPixel } from "../support/assertions";
import { server } from "../support/environment";
import { OpenNotebook, readNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** A gray that a press of the button changes, and which prints that. */
const GRAY = `
import { HBox, IntSlider, RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
class Gray extends RemoteFrameBuffer {
  level = 60;
  get_frame() {
    const { pwidth, pheight } = this.view_size;
    return { data: new Uint8Array(pwidth * pheight).fill(this.level), shape: [pheight, pwidth] };
  }
  handle_event({ event_type }: RfbEvent) {
    if (event_type !== "pointer_down") return;
    this.level = 200;
    this.print("pressed");
    this.request_draw();
  }
}
const w = new Gray({ css_width: "240px", css_height: "120px" });`;

/** Opens a notebook, shows the picture and changes it, and saves. */
async function saved(page: Page, path: string, shown = "w"): Promise<OpenNotebook> {
  writeNotebook(path, [`${GRAY}\n${shown}`, "w.snapshot()"]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(0);
  await expectPixel(notebook, 0, [100, 60], [60, 60, 60]);
  await page.mouse.click(...(await notebook.onPage(0, [100, 60])));
  await expectPixel(notebook, 0, [100, 60], [200, 200, 200]);
  await expect(notebook.output(0)).toContainText("pressed");
  await notebook.run(1);
  await notebook.save();
  return notebook;
}

/** Shuts the kernels down, and closes the notebook. */
async function leave(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: {
        shell: { currentWidget: { dispose(): void } };
        serviceManager: { sessions: { shutdownAll(): Promise<void> } };
      };
    };
    jupyterapp.shell.currentWidget.dispose();
    await jupyterapp.serviceManager.sessions.shutdownAll();
  });
}

/** Opens a notebook without starting a kernel. */
async function openWithoutKernel(page: Page, path: string): Promise<void> {
  await page.evaluate(async (notebookPath) => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: { commands: { execute(id: string, args: object): Promise<unknown> } };
    };
    const kernelPreference = { shouldStart: false, canStart: true };
    const args = { path: notebookPath, kernelPreference };
    await jupyterapp.commands.execute("docmanager:open", args);
  }, path);
}

const PICTURE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea img";

async function expectPictures(page: Page, selector: string): Promise<void> {
  const pictures = page.locator(selector);
  await expect(pictures).toHaveCount(2);
  for (const picture of await pictures.all()) {
    await expect(picture).toBeVisible();
    expect(await picture.boundingBox()).toMatchObject({ width: 240, height: 120 });
    const pixel = await picture.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context?.drawImage(image, 0, 0);
      return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
    });
    expect(pixel).toEqual([200, 200, 200, 255]);
  }
}

labTest("a saved notebook shows its pictures without a kernel", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/saved.ipynb`;
  await saved(page, path);

  await labTest.step("each is stored once, with its size", () => {
    const [live, still] = readNotebook(path).cells.map(({ outputs }) => outputs as IDisplayData[]);
    expect([live?.length, still?.length]).toEqual([1, 1]);
    expect(Object.keys(live?.[0]?.data ?? {}).sort()).toEqual([
      WIDGET_VIEW,
      "image/png",
      "text/plain",
    ]);
    expect(Object.keys(still?.[0]?.data ?? {}).sort()).toEqual(["image/png", "text/plain"]);
    for (const output of [live?.[0], still?.[0]]) {
      expect(output?.metadata).toEqual({ "image/png": { width: 240, height: 120 } });
      const png = PNG.sync.read(Buffer.from(output?.data["image/png"] as string, "base64"));
      expect([png.width, png.height, png.data[0]]).toEqual([240, 120, 200]);
    }
  });

  await labTest.step("as HTML of nbconvert", async () => {
    const file = join(server.rootDirectory, path);
    execFileSync(venvPython, ["-m", "nbconvert", "--to", "html", file], { stdio: "pipe" });
    const html = await page.context().newPage();
    await html.goto(pathToFileURL(file.replace(/\.ipynb$/, ".html")).href);
    await expectPictures(html, ".jp-OutputArea img");
    await html.close();
  });

  await leave(page);
  await labTest.step("in JupyterLab with no kernel", async () => {
    await openWithoutKernel(page, path);
    await expectPictures(page, PICTURE);
  });

  await leave(page);
  await labTest.step("with a new kernel, which knows no such widget", async () => {
    const missing = page.waitForEvent("console", (message) =>
      /model not found/.test(message.text()),
    );
    await OpenNotebook.inLab(page, path);
    await expectPictures(page, PICTURE);
    await missing;
    await expectPictures(page, PICTURE);
  });
});

labTest("a picture in a box stays when the kernel restarts", async ({ page, tmpPath }) => {
  const box = "new HBox({ children: [w, new IntSlider()] })";
  const notebook = await saved(page, `${tmpPath}/restarted.ipynb`, box);
  await notebook.restartKernel();
  await expectPixel(notebook, 0, [100, 60], [200, 200, 200]);
  await notebook.reload();
  await expectPictures(page, PICTURE);
});

labTest("a saved widget state has the picture", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/state.ipynb`;
  const toggle = "@jupyter-widgets/jupyterlab-manager:saveWidgetState";
  await page.evaluate(async (command) => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: { commands: { execute(id: string): Promise<unknown> } };
    };
    await jupyterapp.commands.execute(command);
  }, toggle);
  await saved(page, path);
  const { widgets } = readNotebook(path).metadata as Record<string, Record<string, object>>;
  expect(JSON.stringify(widgets)).toContain('"_snapshot":"data:image/png;base64,');

  await leave(page);
  const notebook = await OpenNotebook.inLab(page, path);
  await expectPixel(notebook, 0, [100, 60], [200, 200, 200]);
});

test("a saved notebook shows its pictures in Notebook 7", async ({ page }) => {
  const path = "notebook7/saved.ipynb";
  writeNotebook(path, [`${GRAY}\nw`, "w.snapshot()"]);
  const notebook = await OpenNotebook.inNotebook7(page, path);
  await notebook.run(0);
  await page.mouse.click(...(await notebook.onPage(0, [100, 60])));
  await expectPixel(notebook, 0, [100, 60], [200, 200, 200]);
  await notebook.run(1);
  await notebook.save();
  await page.request.delete(`${server.url}/api/sessions/${await sessionOf(page, path)}`);
  await page.goto(`${server.url}/notebooks/${path}`);
  await expectPictures(page, PICTURE);
});

async function sessionOf(page: Page, path: string): Promise<string> {
  const answer = await page.request.get(`${server.url}/api/sessions`);
  const sessions = (await answer.json()) as { id: string; path: string }[];
  const session = sessions.find((one) => one.path === path);
  if (session === undefined) throw new Error(`No session of ${path}`);
  return session.id;
}
