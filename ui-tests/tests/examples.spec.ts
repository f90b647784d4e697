/** Every notebook of examples/ runs whole in JupyterLab. */
import { CHECKS } from "../support/examples/checks";
import { codeCells, copyExample, examplesOfThisRun } from "../support/examples/notebooks";
import { updateExample } from "../support/examples/savedOutputs";
import { runWhole } from "../support/examples/wholeRun";
import { OpenNotebook } from "../support/notebook";
import { labTest } from "../support/test";

// A notebook that measures draws more than a test does.
labTest.describe.configure({ timeout: 120_000 });

for (const name of examplesOfThisRun()) {
  labTest(`examples/${name}.ipynb runs whole`, async ({ page, tmpPath }, { config }) => {
    const path = copyExample(name, tmpPath);
    const notebook = await OpenNotebook.inLab(page, path);
    await runWhole(notebook, codeCells(name), CHECKS[name] ?? {});
    // `npm run examples:update`
    if (["all", "changed"].includes(config.updateSnapshots)) {
      await updateExample(notebook, name, path);
    }
  });
}
