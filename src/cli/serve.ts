import { errorMessage } from "../protocol/errors";
import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { findNodeAv } from "../framebuffer";
import { serve, type Authenticate, type Display } from "../server";
import { readDemoPage } from "./demoPage";
import { CommandError } from "./errors";
import type { OwnPackage } from "./install";
import { Pace } from "./pace";
import { drawPattern } from "./patterns";
import type { ServeArguments } from "./serveArguments";
import type { System } from "./system";

/**
 * Serves a pattern and the page that shows it, until a signal comes or all frames are published.
 *
 * @param printError - prints one line about what goes wrong meanwhile
 * @throws CommandError (as a rejection) when it cannot
 */
export async function serveCommand(
  system: System,
  own: OwnPackage,
  given: ServeArguments,
  printError: (line: string) => void,
): Promise<void> {
  const signal = system.stopSignal();
  const display = await start(own, given, printError);
  try {
    for (const line of addresses(display, given)) system.print(line);
    await publish(display, given, signal);
  } finally {
    await display.close();
  }
}

async function start(
  own: OwnPackage,
  { options, width, height, token }: ServeArguments,
  printError: (line: string) => void,
): Promise<Display> {
  const page = readDemoPage(own.directory);
  try {
    // A codec that is asked for by name and missing is an error; the server itself falls back to images.
    if (options.codec === "h264" || options.codec === "vp9") findNodeAv();
    return await serve(width, height, {
      ...options,
      authenticate: token === undefined ? undefined : whoeverKnows(token),
      on_request: page,
      on_error: (error, during) => printError(`jupyter-rfb-ts: ${during}: ${errorMessage(error)}`),
    });
  } catch (error) {
    // Misuse would be a fault of this program, to be shown with its stack.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new CommandError(errorMessage(error));
  }
}

/** Lets in whoever knows a secret, in a time that tells nothing of it. */
export function whoeverKnows(secret: string): Authenticate {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = digest(secret);
  return ({ token }) =>
    token !== undefined && timingSafeEqual(digest(token), wanted) ? "token" : null;
}

/** What to open, without the token: terminals are logged. */
function addresses(display: Display, { pattern, token }: ServeArguments): string[] {
  const socket = display.ws_url ?? "";
  const page = socket.replace(/^ws/, "http");
  const how = token === undefined ? "" : " and give it the token";
  return [`Open ${page} in a browser${how}; Ctrl+C ends it`, `Stream ${pattern}: ${socket}`];
}

/** Publishes frame after frame. */
async function publish(
  display: Display,
  { pattern, width, height, fps, maxFrames = Infinity }: ServeArguments,
  signal: AbortSignal,
): Promise<void> {
  const pace = new Pace(fps, () => performance.now() / 1000);
  let memory: Uint8Array | undefined;
  for (let number = 0; number < maxFrames && !signal.aborted; number++) {
    // Nothing is done with them here; the log has them where it is wanted.
    display.poll_events();
    const [wide, high] = display.target_size ?? [width, height];
    const frame = drawPattern(pattern, number, wide, high, memory);
    memory = frame.data;
    display.publish(frame, { pixel_ratio: display.target_ratio });
    await wait(pace.next() * 1000, undefined, { signal }).catch(() => undefined);
  }
}
