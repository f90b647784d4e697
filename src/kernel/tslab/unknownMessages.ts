/**
 * Messages that tslab doesn't know. It would print a warning in the user's cell, and a front end
 * would wait for the answer.
 */

/** The requests that tslab answers, and this package doesn't. */
const ANSWERED_BY_TSLAB: ReadonlySet<string> = new Set([
  ...["kernel_info_request", "execute_request", "is_complete_request"],
  ...["inspect_request", "complete_request", "shutdown_request"],
]);

/** Whether tslab answers a type of message. */
export function isKnownToTslab(messageType: string): boolean {
  return ANSWERED_BY_TSLAB.has(messageType);
}

/** The type and the content of a reply. */
export interface Reply {
  readonly messageType: string;
  readonly content: object;
}

/**
 * Does what a message asks for, if that is possible.
 *
 * @returns the answer: an error if nobody handles it; undefined for a message that isn't a request,
 *   such as an input_reply
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
export function handleUnknown(messageType: string): Reply | undefined {
  const name = /^(.*)_request$/.exec(messageType)?.[1];
  if (name === undefined) return undefined;
  return { messageType: `${name}_reply`, content: contentFor(messageType) };
}

function contentFor(messageType: string): object {
  switch (messageType) {
    case "history_request":
      // Consoles and a second tab of JupyterLab ask.
      return { history: [] };
    case "interrupt_request":
      // From a kernelspec whose interrupt_mode is "message". tslab knows the signal.
      process.emit("SIGINT", "SIGINT");
      return {};
    default:
      // Extensions of Jupyter Server ask any kernel for its memory, say.
      return {
        ...{ status: "error", ename: "NotImplemented", traceback: [] },
        evalue: `tslab doesn't handle ${messageType}`,
      };
  }
}
