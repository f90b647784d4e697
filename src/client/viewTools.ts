/** The tools over a client's picture. */
import { helpLines, Toolbar, type PictureStatistics } from "../view/index";
import type { Stats } from "./shared/stats";

/** What the tools need of a view. */
export interface ToolsOptions {
  readonly canvas: HTMLCanvasElement;
  readonly area: HTMLElement;
  /** The picture's name; may be empty. */
  readonly name: string;
  capture(): Promise<Blob>;
  stats(): Stats;
  showOriginalSize(): void;
  focus(): void;
}

/** Creates the toolbar of a view. */
export function createTools(options: ToolsOptions): Toolbar {
  const translate = (text: string): string => text;
  return new Toolbar(
    {
      canvas: options.canvas,
      area: options.area,
      name: options.name,
      help: helpLines({ passedKeys: [], resizable: false }, translate),
      png: () => options.capture(),
      statistics: () => Promise.resolve(toStatistics(options.stats())),
      showOriginalSize: () => options.showOriginalSize(),
      focus: () => options.focus(),
    },
    translate,
  );
}

/** The server measures the round trip of a frame, which includes what the page does with it. */
function toStatistics(stats: Stats): PictureStatistics {
  const { framesDisplayed, framesDropped, decodeQueueSize, decodeMs, paintMs } = stats;
  const roundTripMs =
    stats.serverRttMs === undefined
      ? undefined
      : Math.max(0, stats.serverRttMs - (decodeMs ?? 0) - (paintMs ?? 0));
  const oneWay = roundTripMs === undefined ? undefined : roundTripMs / 2;
  return {
    framesReceived: framesDisplayed + framesDropped + decodeQueueSize,
    framesShown: framesDisplayed,
    fps: stats.fps,
    bytesReceived: stats.bytesReceived,
    codec: stats.codec,
    width: stats.frameWidth,
    height: stats.frameHeight,
    roundTripMs,
    stages: {
      event: oneWay,
      draw: stats.serverDrawMs,
      encode: stats.serverEncodeMs,
      way: oneWay,
      decode: decodeMs,
      paint: paintMs,
    },
  };
}
