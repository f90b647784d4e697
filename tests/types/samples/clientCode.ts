import {
  RemoteFramebufferView,
  type ConnectionState,
  type RemoteFramebufferOptions,
  type Stats,
} from "jupyter-rfb-ts/client";
import { RemoteFramebufferElement } from "jupyter-rfb-ts/element";
import { RemoteFramebuffer, useRemoteFramebuffer } from "jupyter-rfb-ts/react";
import { createElement, createRef } from "react";

const options: RemoteFramebufferOptions = {
  url: "ws://localhost:8765",
  fit: "contain",
  onState: (state: ConnectionState) => state === "negotiated",
  onStats: ({ framesDisplayed, serverRttMs }: Stats) => framesDisplayed + (serverRttMs ?? 0),
  onError: (error) => error.message,
  workerFactory: () => new Worker("/worker.js"),
};
const view = new RemoteFramebufferView(document.body, options);
const pixels: Promise<ImageData> = view.capture();
const file: Promise<Blob> = view.capture("blob");
void [pixels, file];
view.setFit("cover", "white");
view.setQuality(undefined);
// @ts-expect-error: no such mode
view.setFit("none");
// @ts-expect-error: the url is missing
new RemoteFramebufferView(document.body, {});

const ref = createRef<RemoteFramebufferView | null>();
createElement(RemoteFramebuffer, { ...options, ref, style: { width: 640 }, className: "picture" });

export function useIt(): ConnectionState {
  return useRemoteFramebuffer(options).state;
}

const element = document.createElement("remote-framebuffer");
const same: RemoteFramebufferElement = element;
same.view?.reconnect();
view.dispose();
