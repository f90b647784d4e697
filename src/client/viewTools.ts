/** The tools over a client's picture. */
import { helpLines, Toolbar, type PictureStatistics } from "../view/index";
import type { PictureElements } from "./elements";
import type { CheckedOptions } from "./options";
import type { Stats } from "./shared/stats";

/** What the tools need of a view. */
export interface ToolActions {
  capture(): Promise<Blob>;
  stats(): Stats;
  showOriginalSize(): void;
  focus(): void;
}

/** Shows the toolbar of a view, if its options want one. */
export function showTools(
  { toolbar: mode, label = "" }: Pick<CheckedOptions, "toolbar" | "label">,
  elements: PictureElements,
  actions: ToolActions,
): Toolbar | undefined {
  if (mode === false) return undefined;
  const translate = (text: string): string => text;
  const toolbar = new Toolbar(
    {
      canvas: elements.canvas,
      area: elements.area,
      name: label,
      help: helpLines({ passedKeys: [], resizable: false }, translate),
      png: () => actions.capture(),
      statistics: () => Promise.resolve(toStatistics(actions.stats())),
      showOriginalSize: () => actions.showOriginalSize(),
      focus: () => actions.focus(),
    },
    translate,
  );
  toolbar.setMode(mode);
  elements.cover(toolbar.element);
  return toolbar;
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
