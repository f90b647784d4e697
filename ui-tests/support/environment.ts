import { dirname, join } from "node:path";

/** The repository's root folder. */
export const repository = dirname(dirname(import.meta.dirname));

/** A port of this machine that is free: `npm run test:ui` finds one. */
export const port = Number(process.env["JUPYTER_TEST_PORT"] ?? 18_888);

/** The test server's address. */
export const serverUrl = `http://127.0.0.1:${port}`;

/**
 * Whether this run is about the examples that need large packages, and nothing else: `npm run
 * test:examples`.
 */
export const hasLargePackages = process.env["EXAMPLES_WITH_LARGE_PACKAGES"] === "1";

/** Where the packages of these examples are installed. */
export const largePackages = join(repository, "ui-tests", "examples");

/** What the test server writes: emptied at the start of a run. Runs with other ports do not meet. */
export const workDirectory = join(
  hasLargePackages ? largePackages : join(repository, "ui-tests"),
  ".work",
  String(port),
);

/**
 * The folder that the test server serves. It lies in the repository, so that a notebook's
 * `import ... from "jupyter-rfb-ts"` finds node_modules/jupyter-rfb-ts, and in the folder of the
 * large packages where they are needed.
 */
export const rootDirectory = join(workDirectory, "root");
