import type { StreamSocket } from "../hosting/streamSocket";
import type { ServedViewer } from "../hosting/servedStream";
import type { RelayedStream, RenditionOffer } from "../relay";
import { CAPABILITY_OF, type StreamCapability, type StreamHello } from "../protocol/streamMessages";
import type { RenditionShape } from "./renditionShape";
import type { Stream } from "./stream";
import type { StreamSettings } from "./streamOptions";
import { Viewer } from "./viewer";

/** The share of width and height of the small renditions. */
const SMALL_SCALE = 0.5;

/** The quality of the small renditions, at most. */
const SMALL_QUALITY = 50;

/**
 * Seconds of rest after which the small renditions show the picture without loss, at least: on a
 * slow link motion would have to wait for it.
 */
const SMALL_STILL_AFTER = 2;

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

/** A stream of this process, as its publisher sees it. */
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
    takeEvent: (viewer, event) => {
      // One viewer can't close the stream for the others.
      if (event.event_type !== "close") stream.takeEvent(viewer, event);
    },
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
  const hello: StreamHello = { type: "hello", supported: needs, device_pixel_ratio: 1 };
  const rendition = shapeOf(stream.settings, id.endsWith("-small"));
  return new Viewer({
    stream,
    socket,
    principal: null,
    hello,
    maxBufferedBytes: Infinity,
    rendition,
  });
}

function shapeOf({ quality, still_after }: StreamSettings, isSmall: boolean): RenditionShape {
  if (!isSmall) return { scale: 1, quality, still_after };
  return {
    scale: SMALL_SCALE,
    quality: Math.min(SMALL_QUALITY, quality),
    still_after: still_after === null ? null : Math.max(SMALL_STILL_AFTER, still_after),
  };
}
