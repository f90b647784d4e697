/** Tells whoever looks into the browser's console. */

/** Reports something that went wrong without stopping anything. */
export function reportOnConsole(message: string, error: unknown): void {
  console.error(`jupyter-rfb-ts: ${message}`, error);
}
