/** The messages between a page and its worker. */
import type { ShownFit } from "../../protocol/shownFit";
import type { WireEvent } from "../../protocol/events";
import type { StreamStatus, StreamViewport } from "../../protocol/streamMessages";
import type { Stats } from "./stats";
import type { CaptureFormat, ConnectionState, Size, ViewerRole } from "./types";

/** The settings of a new worker. */
export interface WorkerSettings {
  /** One ws: or wss: URL or more, of which the next one is used when a server fails. */
  readonly urls: readonly string[];
  readonly token: string | undefined;
  readonly imageOnly: boolean;
  readonly fit: ShownFit;
  readonly maxInflight: number;
  readonly quality: number | undefined;
  readonly debug: boolean;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** From the page to its worker. */
export type MainToWorker =
  | {
      readonly type: "init";
      readonly canvas: OffscreenCanvas;
      readonly settings: WorkerSettings;
    }
  /** The size of the element to which the positions of events refer, in CSS pixels. */
  | { readonly type: "layout"; readonly size: Size }
  /** The size to request from the server. */
  | { readonly type: "viewport"; readonly viewport: StreamViewport }
  | { readonly type: "visible"; readonly isVisible: boolean; readonly timestamp: number }
  /** Positions are in CSS pixels from the element's top-left corner. */
  | { readonly type: "event"; readonly event: WireEvent }
  | { readonly type: "fit"; readonly fit: ShownFit }
  | { readonly type: "quality"; readonly quality: number | undefined }
  | { readonly type: "imageOnly"; readonly imageOnly: boolean }
  | { readonly type: "capture"; readonly id: number; readonly format: CaptureFormat }
  | { readonly type: "requestDrive" }
  /** The driver hands over: to the viewer with this id, or to the one that asked first. */
  | { readonly type: "handOver"; readonly to: string | undefined }
  | { readonly type: "reconnect" }
  | { readonly type: "dispose" };

/** From a worker to its page. */
export type WorkerToMain =
  | { readonly type: "state"; readonly state: ConnectionState }
  | { readonly type: "stats"; readonly stats: Stats }
  | { readonly type: "error"; readonly message: string }
  /** The frames on the canvas have another size, in their own pixels. */
  | { readonly type: "frameSize"; readonly size: Size }
  /** The server has said what is wrong with the picture. */
  | { readonly type: "serverStatus"; readonly status: StreamStatus }
  | { readonly type: "role"; readonly role: ViewerRole }
  /** The first frame of a connection is on the canvas. */
  | { readonly type: "painted" }
  | {
      readonly type: "captured";
      readonly id: number;
      /** The server's number of the captured frame. */
      readonly seq: number;
      readonly content: ImageData | Blob;
    }
  | { readonly type: "captureFailed"; readonly id: number; readonly message: string }
  /** The socket is closed, and the worker is about to end. */
  | { readonly type: "disposed" };
