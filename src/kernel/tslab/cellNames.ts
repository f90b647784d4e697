/** Longest name of a cell that is remembered, in characters. In VS Code names are addresses. */
const MAX_NAME_LENGTH = 2000;

/** How many execute_requests are remembered: far more than ever wait for their turn. */
const MAX_REQUESTS = 1000;

/**
 * The names of cells, which are the same each time a cell runs. Jupyter's protocol has none, but
 * JupyterLab, Notebook and VS Code put one into an execute_request's metadata: `cellId`.
 */
export class CellNames {
  /** The cells by the id of their execute_request, in the order of arrival. */
  readonly #names = new Map<unknown, string>();

  /**
   * Takes note of an execute_request.
   *
   * @param metadata - unchecked: what isn't as expected counts as absent
   * @returns the cell that will run; undefined if the front end doesn't name it
   */
  request(messageId: string, metadata: unknown): string | undefined {
    const { cellId } = (metadata ?? {}) as Record<string, unknown>;
    if (!isName(cellId)) return undefined;
    this.#names.set(messageId, cellId);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MAX_REQUESTS) this.#names.delete(oldest);
    return cellId;
  }

  /** The cell that an execute_request runs; undefined if the front end didn't name it. */
  of(messageId: unknown): string | undefined {
    return this.#names.get(messageId);
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_NAME_LENGTH;
}
