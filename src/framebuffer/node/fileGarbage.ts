import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import { nodeClock } from "./clock";
import { isDeno } from "./deno";

/**
 * Bytes of files after which those that were sent are freed. V8 lets 32 MB gather before it frees
 * them. But it counts them towards the heap, and runs a full collection once that has grown by a
 * tenth, at least 8 MB. In tslab, which has TypeScript in its heap, this takes as long as encoding
 * 20 frames.
 */
const MAX_BYTES = 8_000_000;

/** Frees young objects only, which takes a millisecond or two. */
export type CollectYoung = () => void;

/** Frees encoded files soon after they were sent. */
export class FileGarbage implements Disposable {
  readonly #clock: Pick<Clock, "defer">;
  readonly #open: () => CollectYoung;
  #collect: CollectYoung | undefined;
  #bytes = 0;
  #due: Disposable | undefined;
  #isDisposed = false;

  /** @param open - called when there is something to free for the first time */
  constructor(
    clock: Pick<Clock, "defer"> = nodeClock,
    open: () => CollectYoung = openYoungCollection,
  ) {
    this.#clock = clock;
    this.#open = open;
  }

  /** A file of so many bytes was made, and is about to be sent. */
  made(byteLength: number): void {
    this.#bytes += byteLength;
    if (this.#bytes < MAX_BYTES || this.#due !== undefined || this.#isDisposed) return;
    // Sending it comes first.
    this.#due = this.#clock.defer(() => {
      this.#due = undefined;
      this.#bytes = 0;
      this.#collect ??= this.#open();
      this.#collect();
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#due?.dispose();
    this.#due = undefined;
  }
}

/** V8's function for this. Only a context that is made while a flag is set has it. */
function openYoungCollection(): CollectYoung {
  // Deno takes 0.1 s to make a context. There, files wait for V8's own collections.
  if (isDeno()) return () => undefined;
  let collect: CollectGarbage | undefined;
  try {
    collect = functionOfNewContext();
    if (collect === undefined) {
      setFlagsFromString("--expose-gc");
      collect = functionOfNewContext();
      setFlagsFromString("--no-expose-gc");
    }
  } catch {
    // A runtime without V8's flags frees files when it likes.
  }
  return () => collect?.({ type: "minor" });
}

type CollectGarbage = (options: { readonly type: "minor" }) => void;

function functionOfNewContext(): CollectGarbage | undefined {
  return runInNewContext("globalThis.gc") as CollectGarbage | undefined;
}
