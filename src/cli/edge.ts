import { once } from "node:events";
import { errorMessage } from "../protocol/errors";
import { serve_edge, type EdgeServer } from "../server";
import { authenticateBy } from "./access";
import type { Access } from "./accessArguments";
import type { EdgeArguments } from "./edgeArguments";
import { CommandError } from "./errors";
import type { System } from "./system";

/**
 * Serves the streams that publishers send to NATS, until the user stops it.
 *
 * @param printError - prints one line about an error that doesn't end the command
 * @throws CommandError (as a rejection) when the edge cannot start
 */
export async function edgeCommand(
  system: System,
  { access, options }: EdgeArguments,
  printError: (line: string) => void,
): Promise<void> {
  const signal = system.stopSignal();
  const authenticate = await authenticateBy(access, system.workingDirectory);
  const edge = await start({
    ...options,
    authenticate,
    on_error: (error, during) => printError(`jupyter-rfb-ts: ${during}: ${errorMessage(error)}`),
  });
  try {
    for (const line of addresses(edge, access)) system.print(line);
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await edge.close();
  }
}

async function start(options: Parameters<typeof serve_edge>[0]): Promise<EdgeServer> {
  try {
    return await serve_edge(options);
  } catch (error) {
    // Wrong options here are a bug of this program, to be shown with the stack.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new CommandError(errorMessage(error));
  }
}

/** The lines that say what to open. They don't contain the token, because terminals are logged. */
function addresses({ url, ws_url = "" }: EdgeServer, access: Access): string[] {
  const how = access.kind === "all" ? "" : " and give it a token";
  return [
    url === undefined
      ? "The edge runs; Ctrl+C ends it"
      : `Open ${url} in a browser${how}; Ctrl+C ends it`,
    `Streams: ${ws_url}NAME`,
  ];
}
