import { dirname, join } from "node:path";

/** The repository's root folder. */
export const repository = dirname(dirname(import.meta.dirname));

/**
 * Whether this run is about the examples that need large packages, and nothing else: `npm run
 * test:examples`.
 */
export const hasLargePackages = process.env["EXAMPLES_WITH_LARGE_PACKAGES"] === "1";

/** Where the packages of these examples are installed. */
export const largePackages = join(repository, "ui-tests", "examples");

/** A Node that kernels of the tests run in, besides this machine's own. */
interface TestNode {
  readonly version: string;
  /** The path of its program. */
  readonly program: string;
}

/** The other versions of Node on which hello_world runs. */
export const testNodes = JSON.parse(
  process.env["JUPYTER_TEST_NODES"] ?? "[]",
) as readonly TestNode[];

/** The name of the kernel that runs in a {@link TestNode}. */
export const kernelOn = ({ version }: TestNode): string => `tslab-node-${version}`;

/** A Jupyter server of the tests. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  /** What the server writes: emptied at the start of a run. Runs with other ports do not meet. */
  readonly workDirectory: string;
  /**
   * The folder that the server serves. It lies in the repository, so that a notebook's
   * `import ... from "jupyter-rfb-ts"` finds node_modules/jupyter-rfb-ts, and in the folder of the
   * large packages where they are needed.
   */
  readonly rootDirectory: string;
}

/** One server for each worker of Playwright: at the end of a test all kernels of its server stop. */
export const servers: readonly TestServer[] = (process.env["JUPYTER_TEST_PORTS"] ?? "18888,18889")
  .split(",")
  // WebGPU without a graphics card needs all cores for one picture.
  .slice(0, hasLargePackages ? 1 : undefined)
  .map((port) => testServer(Number(port)));

function testServer(port: number): TestServer {
  const folder = hasLargePackages ? largePackages : join(repository, "ui-tests");
  const workDirectory = join(folder, ".work", String(port));
  const rootDirectory = join(workDirectory, "root");
  return { port, url: `http://127.0.0.1:${port}`, workDirectory, rootDirectory };
}

/** The server of this worker. Playwright's main process, which runs no test, has the first one's. */
export const server: TestServer = serverOf(Number(process.env["TEST_PARALLEL_INDEX"] ?? 0));

function serverOf(worker: number): TestServer {
  const found = servers[worker];
  if (found === undefined) {
    throw new Error(`Expected at most ${servers.length} workers, one for each server`);
  }
  return found;
}
