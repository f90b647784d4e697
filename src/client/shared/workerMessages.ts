/** What the page and its worker say to each other. */
import type { WireEvent } from "../../protocol/events";
import type { StreamViewport } from "../../protocol/streamMessages";
import type { Size } from "../worker/placement";
import type { CaptureFormat, ConnectionState, FitMode, Stats } from "../types";

/** What a worker begins with. */
export interface WorkerSettings {
  /** A ws: or wss: URL. */
  readonly url: string;
  readonly token: string | undefined;
  readonly imageOnly: boolean;
  readonly fit: FitMode;
  readonly maxInflight: number;
  readonly quality: number | undefined;
  readonly debug: boolean;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** The page to its worker. */
export type MainToWorker =
  | {
      readonly type: "init";
      readonly canvas: OffscreenCanvas;
      readonly settings: WorkerSettings;
    }
  /** The size of the element by which positions are measured, in CSS pixels. */
  | { readonly type: "layout"; readonly size: Size }
  /** The size that the server is to be told. */
  | { readonly type: "viewport"; readonly viewport: StreamViewport }
  | { readonly type: "visible"; readonly isVisible: boolean; readonly timestamp: number }
  /** Positions are in CSS pixels of the element. */
  | { readonly type: "event"; readonly event: WireEvent }
  | { readonly type: "fit"; readonly fit: FitMode }
  | { readonly type: "quality"; readonly quality: number | undefined }
  | { readonly type: "imageOnly"; readonly imageOnly: boolean }
  | { readonly type: "capture"; readonly id: number; readonly format: CaptureFormat }
  | { readonly type: "reconnect" }
  | { readonly type: "dispose" };

/** A worker to its page. */
export type WorkerToMain =
  | { readonly type: "state"; readonly state: ConnectionState }
  | { readonly type: "stats"; readonly stats: Stats }
  | { readonly type: "error"; readonly message: string }
  | {
      readonly type: "captured";
      readonly id: number;
      /** That of the frame. */
      readonly seq: number;
      readonly content: ImageData | Blob;
    }
  | { readonly type: "captureFailed"; readonly id: number; readonly message: string }
  /** The socket is closed; the worker ends itself. */
  | { readonly type: "disposed" };
