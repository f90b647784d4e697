import { hostname } from "node:os";
import type { Authenticate } from "../../hosting/auth";
import { logToConsole } from "../../hosting/errorReporter";
import { SERVER_CHECKS, type ServerOptions } from "../../hosting/options";
import { callable, checkOptions, integer, nullable } from "../../protocol/checks";
import { NATS_OPTION, type NatsOption } from "../brokerOptions";
import { EDGE_NAME } from "../report";

/** The options of {@link serve_edge}. */
export interface EdgeOptions extends ServerOptions {
  /** How to reach NATS. */
  readonly nats: NatsOption;
  /** The edge's name in metrics and events, 1..60 characters. @defaultValue the machine's name */
  readonly edge_name?: string | undefined;
  /** Decides which viewers may connect. @defaultValue all */
  readonly authenticate?: Authenticate | undefined;
  /** Viewers of each stream at the same time, 1 or more. @defaultValue 10 000 */
  readonly max_viewers?: number | undefined;
  /**
   * Seconds between two reports of statistics to each viewer, in whole seconds; null for none. With
   * thousands of viewers they cost as much as a few frames a second.
   *
   * @defaultValue null
   */
  readonly stats_interval?: number | null | undefined;
  /** Called with errors. @defaultValue console.error */
  readonly on_error?: ((error: unknown, during: string) => void) | undefined;
}

const CHECKS = {
  nats: NATS_OPTION,
  edge_name: EDGE_NAME,
  authenticate: callable,
  max_viewers: integer(1),
  stats_interval: nullable(integer(1, 86_400)),
  on_error: callable,
};

/** An edge's options, checked and split, with the defaults filled in. */
export interface EdgeSettings {
  readonly server: ServerOptions;
  readonly nats: NatsOption;
  readonly edgeName: string;
  readonly authenticate: Authenticate | undefined;
  readonly maxViewers: number;
  readonly statsInterval: number | null;
  readonly onError: (error: unknown, during: string) => void;
}

/** In seconds. A viewer that doesn't answer is considered gone after three of these. */
const PING_INTERVAL = 3;

/** @throws TypeError or RangeError for an invalid option */
export function edgeSettings(options: EdgeOptions): EdgeSettings {
  const given = checkOptions<EdgeOptions>(options, { ...CHECKS, ...SERVER_CHECKS });
  const { nats, edge_name, authenticate, max_viewers, stats_interval, on_error, ...server } = given;
  if (nats === undefined)
    throw new TypeError(`nats: expected ${NATS_OPTION.expected}, got undefined`);
  return {
    server: { ping_interval: PING_INTERVAL, ...server },
    nats,
    edgeName: edge_name ?? defaultName(),
    authenticate,
    maxViewers: max_viewers ?? 10_000,
    statsInterval: stats_interval ?? null,
    onError: on_error ?? logToConsole,
  };
}

function defaultName(): string {
  return (
    hostname()
      .replace(/[^\w.-]/g, "-")
      .slice(0, 60) || "edge"
  );
}
