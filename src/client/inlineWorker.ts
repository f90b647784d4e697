/** The worker whose program is part of the bundle. */

/** The program, put in by scripts/lib/bundleClient.mjs. */
declare const __RFB_WORKER_PROGRAM__: string;

/**
 * Starts the worker from a blob: URL.
 *
 * @throws DOMException SecurityError where the page's content security policy forbids it; some browsers tell by an event instead.
 */
export function startInlineWorker(): Worker {
  const program = new Blob([__RFB_WORKER_PROGRAM__], { type: "text/javascript" });
  const url = URL.createObjectURL(program);
  try {
    return new Worker(url, { name: "jupyter-rfb-ts" });
  } finally {
    // The worker has it by then: a URL is resolved when the constructor is called.
    URL.revokeObjectURL(url);
  }
}
