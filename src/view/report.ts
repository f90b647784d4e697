/** Error reports on the browser's console. */

/** Reports an error after which the view continues. */
export function reportOnConsole(message: string, error: unknown): void {
  console.error(`jupyter-rfb-ts: ${message}`, error);
}
