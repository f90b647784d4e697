/** Matches the worker's captures to the callers that wait for them. */

interface Waiting {
  readonly resolve: (content: ImageData | Blob) => void;
  readonly reject: (error: Error) => void;
}

/** The captures that were requested from the worker and are not answered yet. */
export class Captures {
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  /** Requests a capture. @param send - Sends the request with its id to the worker. */
  request(send: (id: number) => void): Promise<ImageData | Blob> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  /** Takes the worker's answer to a request. */
  resolve(id: number, content: ImageData | Blob): void {
    this.#take(id)?.resolve(content);
  }

  /** Rejects one request. */
  reject(id: number, message: string): void {
    this.#take(id)?.reject(new Error(message));
  }

  /** Rejects all requests. */
  rejectAll(message: string): void {
    for (const id of [...this.#waiting.keys()]) this.reject(id, message);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
