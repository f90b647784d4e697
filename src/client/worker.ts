/** The program of a view's worker, also published as `jupyter-rfb-ts/client/worker`. */
import { browserAbilities, browserTimers } from "../picture/index";
import type { MainToWorker, WorkerToMain } from "./shared/workerMessages";
import { StreamClient } from "./worker/streamClient";

let client: StreamClient | undefined;

function post(message: WorkerToMain, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}

self.onmessage = ({ data }: MessageEvent<MainToWorker>): void => {
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
        post,
      });
      return;
    case "dispose":
      client?.dispose();
      client = undefined;
      post({ type: "disposed" });
      self.close();
      return;
    default:
      client?.handle(data);
  }
};
self.addEventListener("online", () => client?.hurry());
