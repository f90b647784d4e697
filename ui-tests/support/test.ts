import { test as galataTest } from "@jupyterlab/galata";
import type { Page } from "@playwright/test";

/**
 * Galata's test for JupyterLab: default settings and an empty workspace, kept from the server; a folder of the test's own
 * (tmpPath); kernels are ended afterwards. It goes nowhere by itself: tests open their notebook with
 * {@link OpenNotebook.inLab}. For Notebook 7 take Playwright's own `test`.
 */
export const labTest = galataTest.extend({
  autoGoto: false,
  // Galata waits for the launcher, which is not shown when a notebook is opened by its address.
  waitForApplication: async ({}, use) => {
    await use(waitForSplash);
  },
});

async function waitForSplash(page: Page): Promise<void> {
  await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
}
