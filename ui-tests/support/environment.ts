import { dirname, join } from "node:path";

/** The repository's root folder. */
export const repository = dirname(dirname(import.meta.dirname));

/** A port of this machine that is free: `npm run test:ui` finds one. */
export const port = Number(process.env["JUPYTER_TEST_PORT"] ?? 18_888);

/** The test server's address. */
export const serverUrl = `http://127.0.0.1:${port}`;

/** What the test server writes: emptied at the start of a run. Runs with other ports do not meet. */
export const workDirectory = join(repository, "ui-tests", ".work", String(port));

/**
 * The folder that the test server serves. It lies in the repository, so that a notebook's
 * `import ... from "jupyter-rfb-ts"` finds node_modules/jupyter-rfb-ts.
 */
export const rootDirectory = join(workDirectory, "root");
