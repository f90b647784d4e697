/** The end of a kernel that the user's code would keep alive. */

/** Milliseconds from a shutdown_request until the process ends. Jupyter kills it after 5 s. */
const END_MS = 2000;

/** Milliseconds between two looks for the parent. */
const PARENT_MS = 3000;

/**
 * Ends the process after a shutdown_request, for which tslab only closes its own sockets: a server
 * that the user's code left open would keep it alive.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(), END_MS).unref();
}

/** What {@link endWithParent} uses of the process. */
export interface ChildProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The id of the parent now. */
  readonly ppid: number;
  exit(): void;
}

/**
 * Ends the process when the Jupyter server that started it is gone, as IPython's kernel does: a hub
 * that stops a user's server leaves its kernels behind, and the ports that they listen on.
 */
export function endWithParent(child: ChildProcess = process): void {
  const server = Number(child.env["JPY_PARENT_PID"]);
  // On Windows it is a handle, and a script may be in between.
  if (child.ppid !== server) return;
  setInterval(() => {
    if (child.ppid !== server) child.exit();
  }, PARENT_MS).unref();
}
