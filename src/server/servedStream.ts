import type { ServedStream } from "../hosting/servedStream";
import type { Stream } from "./stream";
import { Viewer } from "./viewer";

/** A stream of this process, as those who serve it see it. */
export function servedStream(stream: Stream): ServedStream {
  return {
    name: stream.name,
    fps: stream.settings.fps,
    authenticate: stream.settings.authenticate,
    get size() {
      return stream.size;
    },
    get viewerCount() {
      return stream.viewerCount;
    },
    get isClosed() {
      return stream.isClosed;
    },
    get isFull() {
      return stream.isFull;
    },
    get recorded() {
      return stream.events.recorded;
    },
    get departed() {
      return stream.departed;
    },
    edge: undefined,
    get published() {
      return stream.published?.();
    },
    metrics: () => stream.metrics(),
    clearRecorded: () => stream.events.clearRecorded(),
    open: (request) => new Viewer({ stream, ...request }),
    reportError: (error, during) => stream.reportError(error, during),
    end: () => stream.end(),
  };
}
