/** Milliseconds from a shutdown_request until the process ends. Jupyter kills it after 5 s. */
const END_MS = 2000;

/**
 * Ends the process after a shutdown_request, for which tslab only closes its own sockets: a server
 * that the user's code left open would keep it alive, and a hub that stops would leave it behind.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(), END_MS).unref();
}
