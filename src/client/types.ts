/** The options of the client's view. The names are pdum.rfb's where it has them. */
import type { ToolbarMode } from "../protocol/toolbarMode";
import type { Stats } from "./shared/stats";
import type { ConnectionState, FitMode, ViewerRole } from "./shared/types";

/** The options of a {@link RemoteFramebufferView}. */
export interface RemoteFramebufferOptions {
  /**
   * The stream's URL: ws:, wss:, http: (meaning ws:), https: (meaning wss:), or relative to the
   * page. Of a list of 1 to 64 URLs, the first is used; when a server fails or ends, the next one,
   * and after the last the first again. All get the same token, and one that refuses it ends the
   * view's attempts.
   */
  readonly url: string | readonly string[];
  /** A token for the server's `authenticate`. Never logged. @defaultValue none */
  readonly token?: string | undefined;
  /** Whether to receive images only, no video. @defaultValue false */
  readonly imageOnly?: boolean | undefined;
  /** How a frame fits the element. @defaultValue "contain" */
  readonly fit?: FitMode | undefined;
  /**
   * A CSS background, visible around the frame and through its transparent parts.
   *
   * @defaultValue "#000"
   */
  readonly background?: string | undefined;
  /** Whether to report every new size to the server, and not only the first. @defaultValue true */
  readonly autoResize?: boolean | undefined;
  /** Device pixels per CSS pixel, above 0. @defaultValue the screen's */
  readonly devicePixelRatio?: number | undefined;
  /**
   * The largest width or height to request from the server, in device pixels, at least 1.
   *
   * @defaultValue no limit
   */
  readonly maxBackingDimension?: number | undefined;
  /**
   * How many frames may wait to be decoded, at least 1. Further frames that depend on an earlier
   * one are dropped, and a keyframe is requested. Choose a value above the server's own
   * max_inflight.
   *
   * @defaultValue 8
   */
  readonly maxInflight?: number | undefined;
  /**
   * The quality of lossy frames, 1..100. A pdum.rfb server ignores it.
   *
   * @defaultValue the server's
   */
  readonly quality?: number | undefined;
  /**
   * The shortest time between two move, wheel or resize events, in milliseconds; 0 for no limit,
   * null for once for each frame of the screen.
   *
   * @defaultValue null
   */
  readonly throttle?: number | null | undefined;
  /**
   * Whether a tap on the picture brings up the on-screen keyboard of a phone or tablet. `focus()`
   * does too, if it is called while the browser handles a tap.
   *
   * @defaultValue false
   */
  readonly touchKeyboard?: boolean | undefined;
  /**
   * Whether to leave it to `onState` to say that the view connects or has lost its connection. What
   * the server says, that it cannot draw or has not drawn yet, is then not shown either, nor that
   * the element has no size.
   *
   * @defaultValue false
   */
  readonly hideState?: boolean | undefined;
  /**
   * When tools show over the picture (save, copy, record, full screen, original size, statistics):
   * "auto" while the pointer or the focus is there, true always, false never.
   *
   * @defaultValue false
   */
  readonly toolbar?: ToolbarMode | undefined;
  /** The picture's name for screen readers. @defaultValue "Remote frame buffer" */
  readonly label?: string | undefined;
  /**
   * Creates the worker, for pages whose content security policy has no `worker-src blob:`. The
   * worker's file is `jupyter-rfb-ts/client/worker`.
   *
   * @defaultValue a function that starts the worker from code inside the bundle
   */
  readonly workerFactory?: (() => Worker) | undefined;
  /** Whether to log to the console. @defaultValue false */
  readonly debug?: boolean | undefined;
  /** Called when the connection's state changes. */
  readonly onState?: ((state: ConnectionState) => void) | undefined;
  /** Called when the statistics change, ten times a second at most. */
  readonly onStats?: ((stats: Stats) => void) | undefined;
  /**
   * Called with the new value of the view's `role`. Not called when the connection is lost, which
   * `onState` says.
   */
  readonly onRole?: ((role: ViewerRole) => void) | undefined;
  /**
   * Called on errors, and once if the element still has no width or height after two seconds in
   * which nothing hid it. The view continues unless its state is "closed" or "error".
   *
   * @defaultValue logs to the console
   */
  readonly onError?: ((error: Error) => void) | undefined;
}
