import { defineConfig } from "vitest/config";

/**
 * Four projects: unit (one part, with fakes at its edges), integration (real processes: the tslab kernel, npm, pip),
 * browser (the view's parts in a real Chromium) and docs (the built site). What needs JupyterLab is in ui-tests/.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "tests/types/**/*.test.ts"],
          environment: "node",
          restoreMocks: true,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          environment: "node",
          // Real processes start here: a kernel needs 2 s, npm and pip some more on a slow disk.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Processes beside each other would only wait for each other on a small machine.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "docs",
          include: ["tests/docs/**/*.test.ts"],
          environment: "node",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          environment: "node",
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
