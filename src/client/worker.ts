/** The program of a view's worker. A file of its own too: `jupyter-rfb-ts/client/worker`. */
import { browserAbilities } from "../picture/abilities";
import { browserTimers } from "../picture/timers";
import { StreamClient } from "./worker/streamClient";
import type { MainToWorker, WorkerToMain } from "./shared/workerMessages";

/** As much of a DedicatedWorkerGlobalScope as is used here: this room has the types of a page. */
interface WorkerScope {
  onmessage: ((event: { readonly data: MainToWorker }) => void) | null;
  postMessage(message: WorkerToMain, transfer?: Transferable[]): void;
  addEventListener(type: "online", listener: () => void): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
let client: StreamClient | undefined;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "init":
      client = new StreamClient({
        canvas: data.canvas,
        settings: data.settings,
        abilities: browserAbilities,
        timers: browserTimers,
        openSocket: (url) => new WebSocket(url),
        now: () => performance.now(),
        random: () => Math.random(),
        post: (message, transfer) => scope.postMessage(message, transfer),
      });
      return;
    case "dispose":
      client?.dispose();
      client = undefined;
      scope.postMessage({ type: "disposed" });
      scope.close();
      return;
    default:
      client?.handle(data);
  }
};
scope.addEventListener("online", () => client?.hurry());
