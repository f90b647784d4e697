/** Tracks which cells are running, from the statuses that tslab publishes. */
export class RunningCells {
  /** The ids of the execute_requests that haven't finished, in the order of their arrival. */
  readonly #running = new Set<unknown>();

  /** @param current - The header of the cell that is running now, as JSON text. */
  constructor(current: string) {
    this.#running.add((JSON.parse(current) as { msg_id?: unknown }).msg_id);
  }

  /** Whether a cell is running. */
  get any(): boolean {
    return this.#running.size > 0;
  }

  /** Takes note of a status. `parent` is the message that the status belongs to. */
  follow(status: string, parent: unknown): void {
    const header = (parent as { header?: { msg_id?: unknown; msg_type?: unknown } } | undefined)
      ?.header;
    if (header?.msg_type !== "execute_request") return;
    if (status === "busy") this.#running.add(header.msg_id);
    if (status !== "idle" || !this.#running.has(header.msg_id)) return;
    // Cells finish in the order of their arrival, so the cells before this one have finished too.
    for (const id of this.#running) {
      this.#running.delete(id);
      if (id === header.msg_id) break;
    }
  }
}
