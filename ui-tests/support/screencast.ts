import type { CDPSession, Page } from "@playwright/test";
import sharp from "sharp";

interface Shot {
  /** In seconds. */
  readonly time: number;
  readonly png: Buffer;
}

/** A part of the page, in CSS pixels. */
export interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Records what a page paints. */
export class Screencast {
  readonly #shots: Shot[] = [];
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async start(page: Page): Promise<Screencast> {
    const session = await page.context().newCDPSession(page);
    const screencast = new Screencast(session);
    session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
      const png = Buffer.from(data, "base64");
      screencast.#shots.push({ time: metadata.timestamp ?? Date.now() / 1000, png });
      void session.send("Page.screencastFrameAck", { sessionId });
    });
    await session.send("Page.startScreencast", { format: "png" });
    return screencast;
  }

  /**
   * Ends the recording, and writes a part of it as an animated WebP that repeats.
   *
   * @param interval - least time between two pictures, in seconds
   */
  async save(file: string, clip: Clip, interval: number): Promise<void> {
    await this.#session.send("Page.stopScreencast");
    await this.#session.detach();
    const shots = spaced(this.#shots, interval);
    const { x: left, y: top, width, height } = clip;
    const pictures = await Promise.all(
      shots.map(({ png }) => sharp(png).extract({ left, top, width, height }).png().toBuffer()),
    );
    const delay = shots.map(({ time }, index) =>
      Math.round(((shots[index + 1]?.time ?? time + 1) - time) * 1000),
    );
    await sharp(pictures, { join: { animated: true } })
      .webp({ delay, loop: 0, quality: 70, effort: 6 })
      .toFile(file);
  }
}

function spaced(shots: readonly Shot[], interval: number): Shot[] {
  const kept: Shot[] = [];
  for (const shot of shots) {
    const last = kept.at(-1);
    if (last === undefined || shot.time >= last.time + interval) kept.push(shot);
  }
  return kept;
}
