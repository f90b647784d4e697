import { nodeRuntime, type FrameSource } from "../framebuffer/node";
import { checkOptions } from "../protocol/checks";
import { PlainError } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { connectBroker, natsSettings, RelayPublisher } from "../relay";
import { createDisplay, Display, streamOf } from "./display";
import { relayedStream } from "./relayedStream";
import { RELAY_CHECKS, relayPlace, type RelayOptions, type RelayPlace } from "./relayOptions";
import { Stream } from "./stream";
import { streamArguments } from "./streamArguments";
import { STREAM_CHECKS, streamSettings, type StreamOptions } from "./streamOptions";

/**
 * Publishes what a source draws to a NATS server, from which edges show it to any number of
 * viewers. The source can be a RemoteFrameBuffer, which stays live in its cell:
 *
 * ```ts
 * const published = await publish_to(w, { nats: "nats://127.0.0.1:4222", name: "lecture" });
 * ```
 *
 * Each rendition that someone watches is made once, however many viewers there are. Without
 * viewers, nothing is drawn.
 *
 * @param source - what draws, or a display that a server shows already
 * @param options - `nats` and `name`, and for a source the options of a stream
 * @returns the display. Closing it ends the publication.
 * @throws (as a rejection) TypeError or RangeError for an invalid option; Error if NATS can't be
 * reached, the package @nats-io/transport-node is missing, or another program publishes under the
 * name
 */
export async function publish_to(
  source: FrameSource | Display,
  options: RelayOptions & StreamOptions,
): Promise<Display> {
  const given = checkOptions<RelayOptions & StreamOptions>(options, {
    ...STREAM_CHECKS,
    ...RELAY_CHECKS,
  });
  const { nats, name, takeover, ...streamOptions } = given;
  const place = relayPlace({ nats, name, takeover });
  if (place === undefined)
    throw new TypeError("nats: expected an address, and name, got undefined");
  if (source instanceof Display) {
    const [extra] = Object.keys(streamOptions);
    if (extra !== undefined) {
      throw new TypeError(
        `${extra}: expected no options of a stream with a display, which has its own`,
      );
    }
    await publishStream(streamOf(source), place);
    return source;
  }
  const { options: all, ...parts } = streamArguments(source, streamOptions);
  const stream = new Stream({ name: place.name, ...parts, settings: streamSettings(all, false) });
  try {
    await publishStream(stream, place, () => void stream.close());
  } catch (error) {
    await stream.close();
    throw error;
  }
  return createDisplay(stream);
}

/**
 * Publishes a stream until it ends.
 *
 * @param onLost - another program has taken the name
 */
export async function publishStream(
  stream: Stream,
  { nats, name, takeover }: RelayPlace,
  onLost: () => void = () => undefined,
): Promise<void> {
  if (stream.published !== undefined) {
    throw new Error(`Cannot publish "${name}": the display is published already`);
  }
  const broker = await connectBroker({
    settings: natsSettings(nats, process.env),
    name: `jupyter-rfb-ts publisher of ${name}`,
    onError: (error) => stream.reportError(error, "broker"),
    onNote: (text) => console.warn(`jupyter-rfb-ts, stream "${name}": ${text}`),
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= broker.close();
    return closing;
  };
  let listening: Disposable | undefined;
  try {
    const publisher = await RelayPublisher.start({
      ...{ broker, name, takeover },
      stream: relayedStream(stream),
      clock: nodeRuntime,
      onLost: () => {
        const what = `Another program took over "${name}": this one has stopped publishing it`;
        stream.reportError(new PlainError(what), "relay");
        stream.published = undefined;
        listening?.dispose();
        void close();
        onLost();
      },
    });
    stream.published = () => publisher.metrics;
    const stop = (): Promise<void> => {
      listening?.dispose();
      publisher.end();
      return close();
    };
    listening = stream.onChange(() => {
      if (stream.isClosed) void stop();
    });
    stream.closeWith({ close: stop });
    if (stream.isClosed) await stop();
  } catch (error) {
    await close();
    throw error;
  }
}
