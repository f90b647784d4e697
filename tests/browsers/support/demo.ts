/** The viewer page and its server, in any browser. */
import type { RemoteFramebufferView, Stats } from "../../../src/client/index";
import type { Picture } from "../../support/patternPicture";
import type { Box } from "../../support/box";
import { eventually } from "../../support/eventually";
import { ServeProcess } from "../../support/serveProcess";
import {
  captureText,
  expectRecorded,
  HEIGHT,
  recordedEvents,
  SMALL_PICTURE,
  smallPicture,
  WIDTH,
  type Recorded,
} from "../../support/viewerPage";
import type { DrivenBrowser, Point } from "./browser";
import { boxOf, colorOnScreen } from "./states";

/** Where the page shows the picture. */
const CANVAS = "#stage canvas";

/** The page and its server. */
export class Demo {
  readonly #browser: DrivenBrowser;
  readonly #server: ServeProcess;

  private constructor(browser: DrivenBrowser, server: ServeProcess) {
    this.#browser = browser;
    this.#server = server;
  }

  /** Starts a server with a small picture, opens its page, and waits for a frame. */
  static async open(browser: DrivenBrowser, ...args: readonly string[]): Promise<Demo> {
    const server = await ServeProcess.start([...SMALL_PICTURE, "--record-events", ...args]);
    const demo = new Demo(browser, server);
    try {
      await browser.open(server.url);
      await eventually(async () => (await demo.stats())?.framesDisplayed ?? 0).toBeGreaterThan(0);
    } catch (error) {
      await demo.close();
      throw error;
    }
    return demo;
  }

  /** The view's statistics; undefined before there is a view. */
  stats(): Promise<Stats | undefined> {
    // A module script that isn't loaded has no view yet.
    return this.#browser.evaluate(() => (window.rfb as RemoteFramebufferView | undefined)?.stats);
  }

  /** The pixels of the newest frame that the view painted. */
  async pixels(): Promise<Picture> {
    return smallPicture(await this.#browser.evaluate(captureText));
  }

  /** Where the window shows the picture: in the middle of its place, as large as fits. */
  async box(): Promise<Box> {
    const { x, y, width, height } = await boxOf(this.#browser, CANVAS);
    const scale = Math.min(width / WIDTH, height / HEIGHT);
    const [across, down] = [width - WIDTH * scale, height - HEIGHT * scale];
    return { x: x + across / 2, y: y + down / 2, width: WIDTH * scale, height: HEIGHT * scale };
  }

  /** A point outside of what shows the picture, at its left. */
  async outside(): Promise<Point> {
    const { x, y, height } = await boxOf(this.#browser, CANVAS);
    return [x - 8, y + height / 2];
  }

  /** A point of the picture in the window. x and y: from 0 to 1. */
  async at(x: number, y: number): Promise<Point> {
    const box = await this.box();
    return [box.x + x * box.width, box.y + y * box.height];
  }

  /** The colour of a point of the picture on the screen. x and y: from 0 to 1. */
  async color(x: number, y: number): Promise<readonly number[]> {
    return colorOnScreen(this.#browser, await this.at(x, y));
  }

  /** The events that reached the server, oldest first. */
  events(): Promise<Recorded[]> {
    return recordedEvents(this.#server.url);
  }

  /** Waits for an event with these fields. */
  event(fields: object): Promise<void> {
    return expectRecorded(this.#server.url, fields);
  }

  /** Ends the server. */
  async close(): Promise<void> {
    await this.#server.stop();
  }
}
