/** Widgets that act on each other, on what a cell shows, and beside a busy kernel. */
import { expect } from "@playwright/test";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";
import { drag, dragAndPress } from "../support/widgets/gestures";

const IMPORT = `import { display, interact, IntSlider, jslink, Play, progress } from "jupyter-rfb-ts";
`;

labTest("links, interact and progress", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/together.ipynb`;
  const LINKED = 0;
  writeNotebook(path, [
    `${IMPORT}
    const [first, second] = [new IntSlider({ max: 7 }), new IntSlider({ max: 7 })];
    const link = jslink([first, "value"], [second, "value"]);
    display(first, second);`,
    "for (const end = Date.now() + 2500; Date.now() < end; );",
    "console.log(first.value, second.value);",
    `interact(({ n, colour, on }) => {
      console.log("drawn", n);
      return { "text/html": on ? "<b>" + colour + "</b>" : "<i>off</i>" };
    }, { n: [0, 10], colour: ["red", "blue"], on: true })`,
    `for await (const item of progress(["a", "b", "c", "d"], { description: "Work" })) {
      await new Promise((done) => setTimeout(done, 50));
    }`,
    "link.unlink()",
  ]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(LINKED);
  const [first, second] = [0, 1].map((nth) =>
    notebook.output(LINKED).locator(".widget-slider").nth(nth),
  );
  if (first === undefined || second === undefined) throw new Error("Not shown");

  await labTest.step("a link of the page's works while the kernel is busy", async () => {
    await expect(second).toBeVisible();
    await notebook.start(1);
    await drag(first, "right");
    await expect(second.locator(".widget-readout")).toHaveText("7");
    await expect(notebook.cell(1).locator(".jp-InputPrompt")).toHaveText("[*]:");
  });

  await labTest.step("and its values are in the kernel afterwards", async () => {
    const values = async (): Promise<string> => {
      await notebook.run(2);
      return notebook.printed(2);
    };
    await expect.poll(values).toBe("7 7\n");
    await notebook.run(5);
    await drag(first, "left");
    await expect(first.locator(".widget-readout")).toHaveText("0");
    await expect(second.locator(".widget-readout")).toHaveText("7");
  });

  await labTest.step("interact calls the function with each control's value", async () => {
    await notebook.run(3);
    const output = notebook.output(3);
    await expect(output).toContainText("drawn 5");
    await dragAndPress(output.locator(".widget-slider"));
    await expect(output).toContainText("drawn 9");
    await output.locator("select").selectOption("blue");
    await expect(output.locator("b")).toHaveText("blue");
    await output.getByLabel("on").click();
    await expect(output.locator("i")).toHaveText("off");
    await expect(output).not.toContainText("drawn 5");
  });

  await labTest.step("progress shows a bar that fills", async () => {
    await notebook.run(4);
    const output = notebook.output(4);
    await expect(output).toContainText("Work");
    await expect(output).toContainText("4/4");
    await expect(output.locator(".progress-bar-success")).toHaveAttribute("style", /width: 100%/);
  });
});
