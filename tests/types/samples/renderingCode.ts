/** What users write in a page, compiled against the built declarations with the page's own types. Never run. */
import { frameFromCanvas, frameFromTexture, type Frame } from "jupyter-rfb-ts";

declare const onPage: HTMLCanvasElement;
declare const offPage: OffscreenCanvas;
declare const device: GPUDevice;
declare const texture: GPUTexture;

export const frames: readonly Frame[] = [frameFromCanvas(onPage), frameFromCanvas(offPage)];
export const later: Promise<Frame> = frameFromTexture(device, texture);

// @ts-expect-error the device comes first
void frameFromTexture(texture, device);
// @ts-expect-error a context isn't a canvas
frameFromCanvas(onPage.getContext("2d"));
