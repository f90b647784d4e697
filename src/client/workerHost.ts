/** The page's end of a view's worker: starts it, notices when it cannot run, and ends it. */
import { describeValue, errorMessage } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { startInlineWorker } from "./inlineWorker";
import type { MainToWorker, WorkerToMain } from "./shared/workerMessages";

/** A worker that does not say in this time that it has closed its socket is ended without, in milliseconds. */
const DISPOSE_TIMEOUT_MS = 2000;

const HELP =
  'allow "worker-src blob:" in the page\'s content security policy, or give a workerFactory that makes a worker of the file jupyter-rfb-ts/client/worker';
const FACTORY_HELP =
  "see that the workerFactory's URL is that of the file jupyter-rfb-ts/client/worker, and that the page's content security policy allows it (worker-src)";

/** What a {@link WorkerHost} needs of the world. */
export interface WorkerHostOptions {
  /** @defaultValue the worker in the bundle */
  readonly factory: (() => Worker) | undefined;
  onMessage(message: WorkerToMain): void;
  /** The worker could not be started, or stopped. Not called before the constructor has returned. */
  onFailure(message: string): void;
}

/** Owns a worker. */
export class WorkerHost implements Disposable {
  readonly #options: WorkerHostOptions;
  #worker: Worker | undefined;
  #hasSpoken = false;
  #isDisposed = false;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    try {
      const worker = (options.factory ?? startInlineWorker)();
      // A user's function may return anything, whatever its type says.
      if (typeof (worker as Partial<Worker> | undefined)?.postMessage !== "function") {
        throw new TypeError(`workerFactory: expected a Worker, got ${describeValue(worker)}`);
      }
      this.#worker = worker;
      worker.onmessage = (event: MessageEvent<WorkerToMain>) => {
        this.#hasSpoken = true;
        if (event.data.type === "disposed") this.#end();
        else if (!this.#isDisposed) options.onMessage(event.data);
      };
      worker.onerror = (event) => {
        // The browser would show it as an error of the page, which nobody caught.
        event.preventDefault();
        // A worker whose file cannot be had gives a plain event, whatever the type says.
        this.#fail((event as Partial<ErrorEvent>).message ?? "");
      };
    } catch (error) {
      const reason = errorMessage(error);
      queueMicrotask(() => this.#fail(reason));
    }
  }

  /** Sends a message. Nothing happens where there is no worker. */
  post(message: MainToWorker, transfer: Transferable[] = []): void {
    if (!this.#isDisposed) this.#worker?.postMessage(message, transfer);
  }

  /** Has the worker close its socket, and ends it. */
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
      this.#hasSpoken
        ? `The view's worker has stopped${said}`
        : `Cannot start the view's worker${said}: ${this.#options.factory ? FACTORY_HELP : HELP}`,
    );
  }
}
