/** What a toolbar needs of the picture that it belongs to. */
import type { PictureStatistics } from "../pictureStatistics";

/** A picture with tools. */
export interface PictureHost {
  /** Holds the current frame; its width and height are the frame's. */
  readonly canvas: HTMLCanvasElement;
  /** The element that fills the screen in full screen. The pointer over it shows the toolbar. */
  readonly area: HTMLElement;
  /** A name for files, such as the picture's title; may be empty. */
  readonly name: string;
  /** What a user should know about keys and the mouse, a sentence each. */
  readonly help: readonly string[];
  /** The current frame as a PNG file. @throws Error (as a rejection) before the first frame */
  png(): Promise<Blob>;
  statistics(): Promise<PictureStatistics>;
  /** Undoes what the user changed of the picture's size. */
  showOriginalSize(): void;
  /** Moves the focus to the picture. */
  focus(): void;
}

/** Translates a text of the user interface. */
export type Translate = (text: string) => string;

/** A canvas's content as a PNG file. */
export function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((file) => {
      if (file === null) reject(new Error("the browser can't encode a picture of this size"));
      else resolve(file);
    }, "image/png");
  });
}
