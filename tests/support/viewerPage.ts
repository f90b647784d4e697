/** The viewer page of a server, in any browser. */
import { expect } from "vitest";
import type { RemoteFramebufferView } from "../../src/client/index";
import { eventually } from "./eventually";
import type { Picture } from "./patternPicture";

declare global {
  interface Window {
    /** The page's view. */
    rfb: RemoteFramebufferView;
  }
}

/** The size of the picture of {@link SMALL_PICTURE}. */
export const [WIDTH, HEIGHT] = [320, 240];

/** Arguments of `serve` for a small picture. */
export const SMALL_PICTURE = ["--width", String(WIDTH), "--height", String(HEIGHT)] as const;

/** A picture on its way from the page: its bytes as base64. */
interface PictureText {
  readonly width: number;
  readonly height: number;
  readonly text: string;
}

/** Runs in the page: the newest frame that its view painted. */
export async function captureText(): Promise<PictureText> {
  const { width, height, data } = await window.rfb.capture();
  let binary = "";
  for (let at = 0; at < data.length; at += 8192) {
    binary += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return { width, height, text: btoa(binary) };
}

/** The small picture that {@link captureText} has read. */
export function smallPicture({ width, height, text }: PictureText): Picture {
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  return { width, height, data: Buffer.from(text, "base64") };
}

/** An event that reached the server. */
export type Recorded = Readonly<Record<string, unknown>>;

/** The events that reached a server which records them, oldest first. */
export async function recordedEvents(url: string): Promise<Recorded[]> {
  const answer = await fetch(new URL("recorded-events", url));
  return (await answer.json()) as Recorded[];
}

/** Waits until an event with these fields has reached a server which records them. */
export async function expectRecorded(url: string, fields: object): Promise<void> {
  await eventually(() => recordedEvents(url)).toEqual(
    expect.arrayContaining([expect.objectContaining(fields)]),
  );
}
