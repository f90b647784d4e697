import { addTotals, NO_TOTALS, type ViewerMetrics, type ViewerTotals } from "../hosting/metrics";
import type { StreamRole } from "../protocol/roleMessages";
import type { StreamStatus } from "../protocol/streamMessages";

/** A viewer, as its stream sees it. */
export interface StreamViewer {
  /** The `client_id` of its events. */
  readonly id: string;
  /** Whether it stands for all viewers at edges that get the same encoding. */
  readonly isRendition: boolean;
  /** There is a new frame, or the source can draw one. */
  wake(): void;
  /** Something is wrong with the picture, or nothing any more. */
  showStatus(status: StreamStatus): void;
  /** Whether it drives, and who asks to. */
  showRole(role: StreamRole): void;
  /** The stream has ended: disconnects the viewer. */
  end(): void;
  metrics(): ViewerMetrics;
}

/** The viewers of a stream: those here, renditions for those at edges, and how many these are. */
export class Audience {
  /** Viewers that are connected here. */
  readonly #viewers = new Set<StreamViewer>();
  readonly #renditions = new Set<StreamViewer>();
  /** Both, until one joins or leaves. */
  #all: readonly StreamViewer[] | undefined;
  #departed = NO_TOTALS;
  /** How many viewers there are at edges. */
  remoteCount = 0;

  /** Everyone that frames are sent to. */
  get all(): readonly StreamViewer[] {
    return (this.#all ??= [...this.#viewers, ...this.#renditions]);
  }

  /** Whether frames are sent to nobody: then nothing need be drawn. */
  get isEmpty(): boolean {
    return this.#viewers.size === 0 && this.#renditions.size === 0;
  }

  /** How many viewers are connected here. */
  get localCount(): number {
    return this.#viewers.size;
  }

  /** How many viewers see the stream, wherever they are. */
  get count(): number {
    return this.#viewers.size + this.remoteCount;
  }

  /** The counters of all viewers here that have left. */
  get departed(): ViewerTotals {
    return this.#departed;
  }

  add(viewer: StreamViewer): void {
    this.#all = undefined;
    (viewer.isRendition ? this.#renditions : this.#viewers).add(viewer);
  }

  /** @returns whether it was there, and a viewer */
  remove(viewer: StreamViewer): boolean {
    this.#all = undefined;
    this.#renditions.delete(viewer);
    if (!this.#viewers.delete(viewer)) return false;
    this.#departed = addTotals(this.#departed, viewer.metrics());
    return true;
  }

  /** Measurements of each viewer here. */
  metrics(): ViewerMetrics[] {
    return [...this.#viewers].map((viewer) => viewer.metrics());
  }
}
