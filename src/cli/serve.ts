import { setTimeout as wait } from "node:timers/promises";
import { findNodeAv } from "../framebuffer/node";
import { errorMessage } from "../protocol/errors";
import { serve, type Display } from "../server";
import { expectToken } from "./access";
import { CommandError } from "./errors";
import { Pace } from "./pace";
import { drawPattern } from "./patterns";
import type { ServeArguments } from "./serveArguments";
import type { System } from "./system";

/**
 * Serves a pattern and the page that shows it, until the user stops it or all frames are published.
 *
 * @param printError - prints one line about an error that doesn't end the command
 * @throws CommandError (as a rejection) when the server cannot start
 */
export async function serveCommand(
  system: System,
  args: ServeArguments,
  printError: (line: string) => void,
): Promise<void> {
  const signal = system.stopSignal();
  const display = await start(args, printError);
  try {
    for (const line of addresses(display, args)) system.print(line);
    await publishPattern(display, args, signal, printError);
  } finally {
    await display.close();
  }
}

async function start(
  { options, width, height, token }: ServeArguments,
  printError: (line: string) => void,
): Promise<Display> {
  try {
    // The server would fall back to images, but the user asked for this codec.
    if (options.codec === "h264" || options.codec === "vp9") findNodeAv();
    return await serve(width, height, {
      ...options,
      authenticate: token === undefined ? undefined : expectToken(token),
      // This command prints more about it.
      page: "quiet",
      on_error: (error, during) => printError(`jupyter-rfb-ts: ${during}: ${errorMessage(error)}`),
    });
  } catch (error) {
    // Wrong options here are a bug of this program, to be shown with the stack.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new CommandError(errorMessage(error).replace("takeover: true", "--takeover"));
  }
}

/** The lines that say what to open. They don't contain the token, because terminals are logged. */
function addresses(
  display: Display,
  { pattern, token, options: { name } }: ServeArguments,
): string[] {
  const how = token === undefined ? "" : " and give it the token";
  return [
    `Open ${display.url ?? ""} in a browser${how}; Ctrl+C ends it`,
    `Stream ${pattern}: ${display.ws_url ?? ""}`,
    ...(name === undefined ? [] : [`At edges: ws://EDGE/${name}`]),
  ];
}

/** What {@link publishPattern} needs of a display. */
export type PatternDisplay = Pick<
  Display,
  "poll_events" | "publish" | "target_ratio" | "target_size"
>;

/**
 * Publishes frames at the wanted rate. A frame that can't be published is reported, unless it fails
 * like the one before.
 */
export async function publishPattern(
  display: PatternDisplay,
  {
    pattern,
    width,
    height,
    fps,
    maxFrames = Infinity,
  }: Pick<ServeArguments, "pattern" | "width" | "height" | "fps" | "maxFrames">,
  signal: AbortSignal,
  printError: (line: string) => void,
): Promise<void> {
  const pace = new Pace(fps, () => performance.now() / 1000);
  let memory: Uint8Array | undefined;
  let problem: string | undefined;
  for (let number = 0; number < maxFrames && !signal.aborted; number++) {
    // Empties the queue of events, which this command ignores.
    display.poll_events();
    try {
      const [wide, high] = display.target_size ?? [width, height];
      const frame = drawPattern(pattern, number, wide, high, memory);
      memory = frame.data;
      display.publish(frame, { pixel_ratio: display.target_ratio });
      problem = undefined;
    } catch (error) {
      const text = errorMessage(error);
      if (text !== problem) printError(`jupyter-rfb-ts: frame ${number}: ${text}`);
      problem = text;
    }
    await wait(pace.next() * 1000, undefined, { signal }).catch(() => undefined);
  }
}
