import type { StreamStatus } from "../../protocol/streamMessages";

/** What viewers read while the broker can't be reached. */
export const CUT_OFF: StreamStatus = {
  type: "status",
  kind: "error",
  text: "The server lost its connection to the program that draws this picture. Reconnecting ...",
};

/** What viewers read while nothing comes from the publisher. */
export const SILENT: StreamStatus = {
  type: "status",
  kind: "error",
  text: "The program that draws this picture doesn't answer",
};
