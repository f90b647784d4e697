import { expect, test } from "@playwright/test";
import { OpenNotebook, readNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const cells = [
  "console.log(`${1 + 1}`)",
  "const answer: number = 6 * 7;\nanswer",
  'throw new Error("on purpose")',
];

labTest("a tslab cell prints in JupyterLab, and the output is saved", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/kernel.ipynb`;
  writeNotebook(path, cells);
  const notebook = await OpenNotebook.inLab(page, path);

  await notebook.run(0);
  await notebook.run(1);
  await notebook.run(2);

  await expect(notebook.output(0)).toHaveText("2");
  await expect(notebook.output(1)).toHaveText("42");
  expect(await notebook.printed(0)).toBe("2\n");
  await expect(notebook.output(2)).toContainText("on purpose");

  await notebook.save();
  expect(readNotebook(path).cells[0]?.["outputs"]).toMatchObject([{ text: ["2\n"] }]);

  await notebook.reload();
  await expect(notebook.output(0)).toHaveText("2");
  await notebook.run(1);
});

test("a tslab cell prints in Notebook 7", async ({ page }) => {
  const path = "notebook7/kernel.ipynb";
  writeNotebook(path, cells);
  const notebook = await OpenNotebook.inNotebook7(page, path);

  await notebook.run(0);

  await expect(notebook.output(0)).toHaveText("2");
});
