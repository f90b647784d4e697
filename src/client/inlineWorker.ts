/** Starts the worker from code inside the bundle, without a file of its own. */

/** The worker's program. scripts/lib/bundleClient.mjs inserts it. */
declare const __RFB_WORKER_PROGRAM__: string;

/**
 * Starts the worker from a blob: URL.
 *
 * @throws DOMException SecurityError when the page's content security policy forbids it; some
 *   browsers report an error event instead.
 */
export function startInlineWorker(): Worker {
  const program = new Blob([__RFB_WORKER_PROGRAM__], { type: "text/javascript" });
  const url = URL.createObjectURL(program);
  try {
    return new Worker(url, { name: "jupyter-rfb-ts" });
  } finally {
    // Safe already: the constructor has resolved the URL.
    URL.revokeObjectURL(url);
  }
}
