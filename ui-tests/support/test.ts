import { test as base } from "@playwright/test";
import { SharedLab } from "./sharedLab";

/**
 * A test in JupyterLab, with default settings and a folder of its own (tmpPath). All tests share one
 * page, since loading JupyterLab takes longer than most of them: they open their notebook with
 * {@link OpenNotebook.inLab}. For Notebook 7, or a page of one's own, use Playwright's `test`.
 */
export const labTest = base.extend<{ tmpPath: string }, { lab: SharedLab }>({
  lab: [
    async ({ browser }, use) => {
      const lab = await SharedLab.open(browser);
      await use(lab);
      await lab.dispose();
    },
    { scope: "worker" },
  ],
  page: async ({ lab }, use, testInfo) => {
    await use(await lab.begin());
    const hasFailed = testInfo.status !== testInfo.expectedStatus;
    // Printed, as of a run elsewhere only the output may be kept.
    if (hasFailed) console.error(`What the page did:\n${lab.log}`);
    await lab.end({ reload: hasFailed });
  },
  tmpPath: async ({}, use, testInfo) => {
    await use(`${testInfo.testId}-${testInfo.repeatEachIndex}`);
  },
});
