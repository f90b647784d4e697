import type { StreamSocket } from "../hosting/streamSocket";
import type { ServedViewer } from "../hosting/servedStream";
import type { RelayedStream, RenditionOffer } from "../relay";
import { CAPABILITY_OF, type StreamCapability, type StreamHello } from "../protocol/streamMessages";
import type { Stream } from "./stream";
import { Viewer } from "./viewer";

/** The share of width and height of the small renditions. */
const SMALL_SCALE = 0.5;

/** The quality of the small renditions, at most. */
const SMALL_QUALITY = 50;

/** Images that all viewers can show. */
const IMAGES: readonly StreamCapability[] = ["image/jpeg", "image/png"];

/** What a viewer that draws over what it has must be able to show. */
const PARTS: readonly StreamCapability[] = [...IMAGES, "rfb/patches", "rfb/atlas"];

/** How a stream can be encoded for viewers at edges, the best one first. */
function offersOf({ settings, hasVideo }: Stream): RenditionOffer[] {
  const { codec, has_h264, quality } = settings;
  const wantsH264 = (codec === "auto" || codec === "h264") && has_h264 !== false;
  const video = codec === "vp9" ? "vp9" : wantsH264 ? "h264" : undefined;
  const chunks = video !== undefined && hasVideo ? [CAPABILITY_OF[video]] : undefined;
  const stills: StreamCapability[] = codec === "webp" ? ["image/webp"] : [];
  // Lossless frames have no smaller ones.
  const isLossy = quality < 100 && codec !== "png";
  const offer = (id: string, needs: readonly string[], small?: string): RenditionOffer[] => [
    { id, needs, ...(isLossy && small !== undefined ? { small } : {}) },
    ...(isLossy && small !== undefined ? [{ id: small, needs }] : []),
  ];
  return [
    ...(chunks === undefined
      ? []
      : [
          ...offer("video", [...PARTS, ...chunks], "video-small"),
          ...offer("video-plain", [...IMAGES, ...chunks]),
        ]),
    ...offer("image", [...PARTS, ...stills], "image-small"),
    ...offer("image-plain", IMAGES),
  ];
}

/** A stream of this process, as the one who publishes it to a broker sees it. */
export function relayedStream(stream: Stream): RelayedStream {
  const { events, settings } = stream;
  const { roles } = events;
  let offers: readonly RenditionOffer[] | undefined;
  return {
    fps: settings.fps,
    get size() {
      return stream.size;
    },
    get status() {
      const { kind, text } = stream.status;
      return { kind, text };
    },
    get roles() {
      return roles.summary;
    },
    get renditions() {
      offers ??= offersOf(stream);
      return offers;
    },
    openRendition: (offer, socket) => openRendition(stream, offer, socket),
    setRemoteViewers: (count) => {
      stream.audience.remoteCount = count;
    },
    isKnown: (id) => roles.isKnown(id),
    join: (viewer) => {
      if (!roles.isKnown(viewer.client_id)) roles.join(viewer);
      return roles.mayDrive(viewer.client_id);
    },
    leave: ({ client_id }) => events.leave(client_id),
    takeEvent: (viewer, event) => stream.takeEvent(viewer, event),
    releaseInput: ({ client_id }) => events.release(client_id),
    ask: ({ client_id }) => roles.ask(client_id),
    handOver: ({ client_id }, to) => roles.handOver(client_id, to),
    becameSilent: ({ client_id }) => roles.becameSilent(client_id),
    onChange: (listener) => stream.onChange(listener),
    reportError: (error, during) => stream.reportError(error, during),
  };
}

function openRendition(
  stream: Stream,
  { id, needs }: RenditionOffer,
  socket: StreamSocket,
): ServedViewer {
  const isSmall = id.endsWith("-small");
  const { quality } = stream.settings;
  const hello: StreamHello = {
    type: "hello",
    supported: needs,
    device_pixel_ratio: 1,
    ...(isSmall ? { quality: Math.min(SMALL_QUALITY, quality) } : {}),
  };
  return new Viewer({
    stream,
    socket,
    principal: null,
    hello,
    maxBufferedBytes: Infinity,
    rendition: { scale: isSmall ? SMALL_SCALE : 1 },
  });
}
