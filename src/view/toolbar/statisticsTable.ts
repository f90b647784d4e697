/** Writes a picture's statistics as a table. */
import { STAGES, type PictureStatistics, type Stage } from "../pictureStatistics";
import type { Translate } from "./pictureHost";

/** A row of the table: a name and a value. */
export type StatisticsRow = readonly [name: string, value: string];

const STAGE_LABELS: Readonly<Record<Stage, string>> = {
  event: "Event to source",
  draw: "Draw",
  encode: "Encode",
  way: "Frame to page",
  decode: "Decode",
  paint: "Paint",
};

const UNKNOWN = "–";

/**
 * @param bytesPerSecond - received since the table was last written; undefined for the first
 */
export function statisticsRows(
  statistics: PictureStatistics,
  bytesPerSecond: number | undefined,
  translate: Translate,
): StatisticsRow[] {
  const { framesShown, framesReceived, fps, bytesReceived, codec, width, height } = statistics;
  const { roundTripMs, stages } = statistics;
  const measured = STAGES.map((stage) => stages[stage]).filter((ms) => ms !== undefined);
  const total = measured.reduce((sum, ms) => sum + ms, 0);
  const rate = bytesPerSecond === undefined ? "" : `, ${bits(bytesPerSecond * 8)}/s`;
  return [
    [translate("Frames shown / received"), `${framesShown} / ${framesReceived}`],
    [translate("Frames per second"), String(fps)],
    [translate("Codec"), codec ?? UNKNOWN],
    [translate("Size"), width > 0 ? `${width} × ${height} px` : UNKNOWN],
    [translate("Received"), `${bytes(bytesReceived)}${rate}`],
    [translate("Ping"), milliseconds(roundTripMs)],
    ...STAGES.map((stage): StatisticsRow => [
      translate(STAGE_LABELS[stage]),
      milliseconds(stages[stage]),
    ]),
    [translate("Event to picture"), milliseconds(measured.length > 0 ? total : undefined)],
  ];
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? UNKNOWN : `${value.toFixed(1)} ms`;
}

function bytes(count: number): string {
  return scaled(count, ["B", "kB", "MB", "GB", "TB"]);
}

function bits(count: number): string {
  return scaled(count, ["bit", "kbit", "Mbit", "Gbit"]);
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let at = 0;
  for (; rest >= 1000 && at < units.length - 1; at += 1) rest /= 1000;
  return `${at === 0 ? Math.round(rest) : rest.toFixed(1)} ${units[at] ?? ""}`;
}
