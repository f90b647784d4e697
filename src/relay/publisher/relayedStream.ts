import type { ServedViewer } from "../../hosting/servedStream";
import type { StreamSocket } from "../../hosting/streamSocket";
import type { StreamRfbEvent } from "../../protocol/parseClientMessage";
import type { StreamStatus } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { RenditionOffer, RoleSummary } from "../announcement";

/** A viewer of an edge. */
export interface RemoteViewer {
  readonly client_id: string;
  readonly principal: unknown;
  /** The name of its edge. */
  readonly edge: string;
}

/** A stream, as the one who publishes it sees it. */
export interface RelayedStream {
  readonly size: { readonly width: number; readonly height: number };
  /** Frames per second that are aimed at. */
  readonly fps: number;
  readonly status: Pick<StreamStatus, "kind" | "text">;
  readonly roles: RoleSummary;
  /** How it can be encoded, the best one first. */
  readonly renditions: readonly RenditionOffer[];
  /** Encodes it for all viewers of a rendition, until the result is disposed of. */
  openRendition(offer: RenditionOffer, socket: StreamSocket): ServedViewer;
  /** How many viewers there are at all edges. */
  setRemoteViewers(count: number): void;
  /** Whether there is a viewer of that id, here or at an edge. */
  isKnown(clientId: string): boolean;
  /** @returns whether the viewer may drive */
  join(viewer: RemoteViewer): boolean;
  leave(viewer: RemoteViewer): void;
  takeEvent(viewer: RemoteViewer, event: StreamRfbEvent): void;
  /** Events of the viewer are lost: releases what it holds down. */
  releaseInput(viewer: RemoteViewer): void;
  ask(viewer: RemoteViewer): void;
  handOver(viewer: RemoteViewer, to: string | undefined): void;
  becameSilent(viewer: RemoteViewer): void;
  /** Calls back when size, status or roles may have changed, and when the stream has ended. */
  onChange(listener: () => void): Disposable;
  reportError(error: unknown, during: string): void;
}
