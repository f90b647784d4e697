/** Keeps what waits for a picture. */

interface Waiting {
  readonly resolve: (content: ImageData | Blob) => void;
  readonly reject: (error: Error) => void;
}

/** Captures that were asked of the worker and did not come back yet. */
export class Captures {
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  /** Adds one. @param ask - Asks the worker for it, by its number. */
  add(ask: (id: number) => void): Promise<ImageData | Blob> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      ask(id);
    });
  }

  /** One came back. */
  resolve(id: number, content: ImageData | Blob): void {
    this.#take(id)?.resolve(content);
  }

  /** One cannot be had. */
  reject(id: number, message: string): void {
    this.#take(id)?.reject(new Error(message));
  }

  /** None will come back. */
  rejectAll(message: string): void {
    for (const id of [...this.#waiting.keys()]) this.reject(id, message);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
