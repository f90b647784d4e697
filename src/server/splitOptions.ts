import { SERVER_CHECKS, type ServerOptions } from "../hosting/options";
import { checkOptions, type Checks } from "../protocol/checks";
import { RELAY_CHECKS, type RelayOptions } from "./relayOptions";
import { STREAM_CHECKS, type StreamOptions } from "./streamOptions";

/** The options of a server with one stream. */
export type ServeOptions = ServerOptions & StreamOptions & RelayOptions;

/**
 * Checks the options of a server with one stream, and splits them.
 *
 * @throws TypeError for an unknown option, or a value of another type
 * @throws RangeError for a value out of its range
 */
export function splitOptions(options: ServeOptions): {
  readonly server: ServerOptions;
  readonly stream: StreamOptions;
  readonly relay: RelayOptions;
} {
  const checks = { ...STREAM_CHECKS, ...SERVER_CHECKS, ...RELAY_CHECKS };
  const entries = Object.entries(checkOptions<ServeOptions>(options, checks));
  const those = (known: Checks<object>): object =>
    Object.fromEntries(entries.filter(([name]) => Object.hasOwn(known, name)));
  return {
    server: those(SERVER_CHECKS),
    stream: those(STREAM_CHECKS),
    relay: those(RELAY_CHECKS),
  };
}
