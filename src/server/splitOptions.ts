import { SERVER_CHECKS, type ServerOptions } from "../hosting/options";
import { checkOptions } from "../protocol/checks";
import { STREAM_CHECKS, type StreamOptions } from "./streamOptions";

/**
 * Checks the options of a server with one stream, and splits them.
 *
 * @throws TypeError for an unknown option, or a value of another type
 * @throws RangeError for a value out of its range
 */
export function splitOptions(options: ServerOptions & StreamOptions): {
  readonly server: ServerOptions;
  readonly stream: StreamOptions;
} {
  const given = checkOptions(options, { ...STREAM_CHECKS, ...SERVER_CHECKS });
  const isStreams = ([name]: [string, unknown]): boolean => Object.hasOwn(STREAM_CHECKS, name);
  const entries = Object.entries(given);
  return {
    server: Object.fromEntries(entries.filter((entry) => !isStreams(entry))),
    stream: Object.fromEntries(entries.filter(isStreams)),
  };
}
