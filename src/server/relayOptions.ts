import { checkStreamName } from "../hosting/streamPath";
import { NATS_OPTION, type NatsOption } from "../relay/brokerOptions";
import { boolean, type Check, type Checks } from "../protocol/checks";

/** How a stream is published to edges. */
export interface RelayOptions {
  /**
   * How to reach a NATS server, through which edges get the stream: an address such as
   * "nats://127.0.0.1:4222", several, or an object with credentials. Requires `name`, and the
   * package @nats-io/transport-node.
   *
   * @defaultValue none: the stream isn't published
   */
  readonly nats?: NatsOption | undefined;
  /**
   * The stream's name at the edges, as in "ws://edge:8770/name": 1..100 letters, digits, "-", "_"
   * and "."
   */
  readonly name?: string | undefined;
  /**
   * Whether to take the name from another program that publishes under it. Otherwise that is an
   * error.
   *
   * @defaultValue false
   */
  readonly takeover?: boolean | undefined;
}

const NAME: Check<string> = {
  expected:
    'a name of letters, digits, "-", "_" and ".", and none of health, metrics, streams, recorded-events',
  type: "string",
  accepts: (value): value is string => {
    try {
      checkStreamName(value);
      return true;
    } catch {
      return false;
    }
  },
};

/** The checks of {@link RelayOptions}. */
export const RELAY_CHECKS: Checks<RelayOptions> = {
  nats: NATS_OPTION,
  name: NAME,
  takeover: boolean,
};

/** Where a stream is published. */
export interface RelayPlace {
  readonly nats: NatsOption;
  readonly name: string;
  readonly takeover: boolean;
}

/**
 * Where a stream is published; undefined if it isn't.
 *
 * @throws TypeError if one of `nats` and `name` is missing
 */
export function relayPlace({ nats, name, takeover = false }: RelayOptions): RelayPlace | undefined {
  if (nats === undefined && name === undefined) return undefined;
  if (nats === undefined) {
    throw new TypeError(`nats: expected ${NATS_OPTION.expected}, with name, got undefined`);
  }
  if (name === undefined)
    throw new TypeError(`name: expected ${NAME.expected}, with nats, got undefined`);
  return { nats, name, takeover };
}
