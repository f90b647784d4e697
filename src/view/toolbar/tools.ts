/** What the tools of a picture do. */
import { errorMessage } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { windowOf } from "../windowOf";
import type { PictureHost, Translate } from "./pictureHost";
import { PictureRecorder } from "./pictureRecorder";
import { fileName, saveFile } from "./saveFile";

/** The tools, in the order of their buttons. */
export const TOOLS = [
  "save",
  "copy",
  "record",
  "fullScreen",
  "originalSize",
  "statistics",
  "help",
] as const;

/** One of {@link TOOLS}. */
export type ToolName = (typeof TOOLS)[number];

/** The names of the tools for a user. */
export const TOOL_LABELS: Readonly<Record<ToolName, string>> = {
  save: "Save as PNG",
  copy: "Copy to clipboard",
  record: "Record video",
  fullScreen: "Full screen",
  originalSize: "Original size",
  statistics: "Statistics",
  help: "Help",
};

/** The names of tools that are on. */
export const ACTIVE_LABELS: Readonly<Partial<Record<ToolName, string>>> = {
  record: "Stop recording",
  fullScreen: "Leave full screen",
};

/** Is notified of what becomes of a picture. */
export interface ToolsListener {
  /** A tool went on or off. */
  onChange(): void;
  /** Something was done that can't be seen, or could not be done. */
  onNotice(text: string): void;
}

/** The tools of one picture, apart from those that only show something. */
export class PictureTools implements Disposable {
  readonly #host: PictureHost;
  readonly #translate: Translate;
  readonly #listener: ToolsListener;
  #recorder: PictureRecorder | undefined;
  /** While a recording runs, the browser asks before it leaves the page. */
  #asking = new Disposables();

  constructor(host: PictureHost, translate: Translate, listener: ToolsListener) {
    this.#host = host;
    this.#translate = translate;
    this.#listener = listener;
  }

  /** Seconds that are recorded so far; undefined while nothing is recorded. */
  get recordedSeconds(): number | undefined {
    return this.#recorder?.seconds;
  }

  /** Whether the picture fills the screen. */
  get isFullScreen(): boolean {
    const { area } = this.#host;
    // In a shadow root the document has another element in full screen: its host.
    const root = area.getRootNode() as Partial<DocumentOrShadowRoot>;
    return root.fullscreenElement === area;
  }

  /** Saves the current frame as a file. */
  save(): Promise<void> {
    return this.#attempt("Cannot save the picture: {0}", async () => {
      this.#offer(await this.#host.png(), "png");
    });
  }

  /** Copies the current frame to the clipboard. */
  copy(): Promise<void> {
    return this.#attempt("Cannot copy the picture: {0}", async () => {
      const { clipboard } = navigator as { readonly clipboard?: Clipboard };
      if (clipboard === undefined || typeof ClipboardItem === "undefined") {
        throw new Error(this.#translate("the browser allows it on https: and localhost only"));
      }
      // Safari wants the item while it handles the click, before the picture is encoded.
      await clipboard.write([new ClipboardItem({ "image/png": this.#host.png() })]);
      this.#listener.onNotice(this.#translate("Copied"));
    });
  }

  /** Starts to record, or stops and offers the file. */
  toggleRecording(): Promise<void> {
    return this.#attempt("Cannot record the picture: {0}", async () => {
      const recorder = this.#recorder;
      if (recorder !== undefined) {
        await this.#finish(recorder);
        return;
      }
      const started = new PictureRecorder(this.#host.canvas);
      this.#recorder = started;
      this.#asking.listen(windowOf(this.#host.area), "beforeunload", (event) => {
        event.preventDefault();
      });
      this.#listener.onChange();
      await started.ended.catch(() => this.#finish(started));
    });
  }

  /** Fills the screen with the picture, or leaves that. */
  toggleFullScreen(): Promise<void> {
    return this.#attempt("Cannot fill the screen: {0}", async () => {
      const { area } = this.#host;
      if (this.isFullScreen) await area.ownerDocument.exitFullscreen();
      else {
        await area.requestFullscreen();
        this.#host.focus();
      }
    });
  }

  /** A recording that runs is offered as a file. */
  dispose(): void {
    const recorder = this.#recorder;
    if (recorder !== undefined) void this.#finish(recorder).catch(() => undefined);
  }

  async #finish(recorder: PictureRecorder): Promise<void> {
    if (this.#recorder !== recorder) return;
    this.#recorder = undefined;
    this.#asking.dispose();
    this.#asking = new Disposables();
    this.#listener.onChange();
    const { file, extension } = await recorder.stop();
    this.#offer(file, extension);
  }

  #offer(file: Blob, extension: string): void {
    const { area, name } = this.#host;
    saveFile(area.ownerDocument, file, fileName(name, new Date(), extension));
  }

  /** @param problem - the text for an error, which takes the place of {0} */
  async #attempt(problem: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#listener.onNotice(this.#translate(problem).replace("{0}", errorMessage(error)));
    }
  }
}
