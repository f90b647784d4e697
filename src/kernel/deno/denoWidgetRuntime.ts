import type { WidgetRuntime } from "../../widgets";
import { nodeWidgetRuntime } from "../node/nodeWidgetRuntime";

/** Node's runtime in Deno's kernel, which shows what goes to the console, but not to stderr. */
export const denoWidgetRuntime: WidgetRuntime = {
  ...nodeWidgetRuntime,
  logError: (line) => console.error(line),
};
