import { defineConfig } from "vitest/config";

/**
 * Real processes start here: a kernel needs 2 s, npm and pip some more on a slow disk. The limits
 * aren't below the guards in `tests/support`, whose errors say what didn't come.
 */
const PROCESSES = { environment: "node", testTimeout: 60_000, hookTimeout: 120_000 } as const;

/**
 * Six kinds: unit (one part, with fakes at its edges), integration (real processes: the tslab
 * kernel, npm, pip), browser (the view's parts in a real Chromium), hosts (other front ends and
 * kernels), browsers (Firefox and WebKitGTK) and docs (the built site). What needs JupyterLab is in
 * ui-tests/.
 */
export default defineConfig({
  test: {
    // Also the last core: most files wait for a process, a browser or a page.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "tests/types/**/*.test.ts"],
          environment: "node",
          // Only a guard against a test that hangs: some compile a project, which takes its time on a busy
          // machine.
          testTimeout: 60_000,
          restoreMocks: true,
        },
      },
      { test: { ...PROCESSES, name: "integration", include: ["tests/integration/**/*.test.ts"] } },
      { test: { ...PROCESSES, name: "hosts", include: ["tests/hosts/**/*.test.ts"] } },
      { test: { ...PROCESSES, name: "browsers", include: ["tests/browsers/**/*.test.ts"] } },
      {
        test: {
          name: "docs",
          include: ["tests/docs/**/*.test.ts"],
          environment: "node",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { test: { ...PROCESSES, name: "browser", include: ["tests/browser/**/*.test.ts"] } },
    ],
  },
});
