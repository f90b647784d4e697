/** The page's side of a view's worker: starts it, detects when it cannot run, and ends it. */
import { describeValue, errorMessage } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { startInlineWorker } from "./inlineWorker";
import type { MainToWorker, WorkerToMain } from "./shared/workerMessages";

/**
 * How long to wait until the worker reports that its socket is closed, in milliseconds. Then it is
 * terminated anyway.
 */
const DISPOSE_TIMEOUT_MS = 2000;

const HELP =
  'allow "worker-src blob:" in the page\'s content security policy, or give a workerFactory that makes a worker of the file jupyter-rfb-ts/client/worker';
const FACTORY_HELP =
  "see that the workerFactory's URL is that of the file jupyter-rfb-ts/client/worker, and that the page's content security policy allows it (worker-src)";

/** What a {@link WorkerHost} depends on. */
export interface WorkerHostOptions {
  /** Creates the worker. @defaultValue starts the worker inside the bundle */
  readonly factory: (() => Worker) | undefined;
  onMessage(message: WorkerToMain): void;
  /**
   * The worker could not be started or has stopped. Never called before the constructor returns.
   */
  onFailure(message: string): void;
}

/** Owns a view's worker. */
export class WorkerHost implements Disposable {
  readonly #options: WorkerHostOptions;
  #worker: Worker | undefined;
  #hasAnswered = false;
  #isDisposed = false;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    try {
      const worker = (options.factory ?? startInlineWorker)();
      // A factory written in JavaScript may return anything.
      if (typeof (worker as Partial<Worker> | undefined)?.postMessage !== "function") {
        throw new TypeError(`workerFactory: expected a Worker, got ${describeValue(worker)}`);
      }
      this.#worker = worker;
      worker.onmessage = (event: MessageEvent<WorkerToMain>) => {
        this.#hasAnswered = true;
        if (event.data.type === "disposed") this.#end();
        else if (!this.#isDisposed) options.onMessage(event.data);
      };
      worker.onerror = (event) => {
        // Otherwise the browser would also report it as an uncaught error of the page.
        event.preventDefault();
        // Contrary to its type, this is a plain Event without a message if the worker's file could
        // not be loaded.
        this.#fail((event as Partial<ErrorEvent>).message ?? "");
      };
    } catch (error) {
      const reason = errorMessage(error);
      queueMicrotask(() => this.#fail(reason));
    }
  }

  /** Sends a message. Does nothing when the worker is not running. */
  post(message: MainToWorker, transfer: Transferable[] = []): void {
    if (!this.#isDisposed) this.#worker?.postMessage(message, transfer);
  }

  /** Ends the worker after it has closed its socket. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.post({ type: "dispose" });
    this.#isDisposed = true;
    if (this.#worker !== undefined) setTimeout(() => this.#end(), DISPOSE_TIMEOUT_MS);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #fail(reason: string): void {
    this.#end();
    if (this.#isDisposed) return;
    const said = reason === "" ? "" : ` (${reason})`;
    this.#options.onFailure(
      this.#hasAnswered
        ? `The view's worker has stopped${said}`
        : `Cannot start the view's worker${said}: ${this.#options.factory ? FACTORY_HELP : HELP}`,
    );
  }
}
