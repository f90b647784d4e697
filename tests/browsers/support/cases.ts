/** What every browser has to do: the same tests for each of them. */
import { beforeAll, describe, expect, it } from "vitest";
import { SQUARE_RED } from "../../hosts/support/notebook";
import { disposedAfterAll, disposedAfterEach } from "../../support/disposables";
import { eventually } from "../../support/eventually";
import { missingNodeAv } from "../../support/nodeAv";
import { bestFrame, differing } from "../../support/patternPicture";
import { HEIGHT, WIDTH } from "../../support/viewerPage";
import type { DrivenBrowser } from "./browser";
import { Demo } from "./demo";
import { LabNotebook } from "./lab";
import { boxOf, distance } from "./states";

/** The test card, so slow that its mark doesn't move during a test. */
const STILL_CARD = ["--pattern", "test_card", "--fps", "1", "--force-image"] as const;

/** The middles of some of the test card's areas and their colours. x and y: from 0 to 1. */
const AREAS = [
  [0.01, 0.01, [255, 0, 0]],
  [0.99, 0.01, [0, 200, 0]],
  [0.01, 0.99, [0, 0, 255]],
  [0.99, 0.99, [255, 200, 0]],
  [3 / 16, 0.4, [220, 200, 30]],
  [13 / 16, 0.4, [40, 60, 200]],
] as const;

/** What colours on the screen may differ by in a channel: a display has a profile, and a scaled picture soft edges. */
const SCREEN_TOLERANCE = 8;

/** A place in the picture, to half a pixel: the mouse moves in steps of pixels of the window. */
const near = (x: number, y: number): object => ({
  x: expect.closeTo(x, 0) as unknown,
  y: expect.closeTo(y, 0) as unknown,
});

/**
 * Tests a browser: the page of a server, and a notebook in JupyterLab.
 *
 * @param name - that of the browser
 * @param start - undefined where the browser isn't installed
 */
export function describeBrowser(
  name: string,
  start: (() => Promise<DrivenBrowser>) | undefined,
): void {
  if (start === undefined) console.warn(`${name} isn't tested: it isn't installed`);
  describe.skipIf(start === undefined)(name, () => {
    const disposables = disposedAfterAll();
    let browser: DrivenBrowser;
    beforeAll(async () => {
      if (start === undefined) return;
      browser = await disposables.own(start(), (started) => started.close());
      console.warn(`Testing ${browser.version}`);
    });
    describe("the page of a server", () => describePage(() => browser));
    describe("a notebook", () => describeNotebook(() => browser, name.toLowerCase()));
  });
}

function describePage(theBrowser: () => DrivenBrowser): void {
  const disposables = disposedAfterEach();
  const openDemo = (...args: readonly string[]): Promise<Demo> =>
    disposables.own(Demo.open(theBrowser(), ...args), (demo) => demo.close());

  async function expectCard(demo: Demo): Promise<void> {
    for (const [x, y, color] of AREAS) {
      await eventually(async () => distance(await demo.color(x, y), color)).toBeLessThanOrEqual(
        SCREEN_TOLERANCE,
      );
    }
  }

  it("shows the test card by images, at last pixel by pixel", async () => {
    const demo = await openDemo(...STILL_CARD);
    await eventually(async () => differing(await demo.pixels(), "test_card", 0, 0)).toBe(0);
    expect((await demo.stats())?.transport).toBe("image");
    await expectCard(demo);
  });

  it("shows the bouncing box by H.264, and it moves", async ({ skip }) => {
    const missing = missingNodeAv();
    skip(missing !== undefined, missing);
    const demo = await openDemo(
      ...["--pattern", "bouncing_box", "--codec", "h264", "--still-after", "off"],
    );
    await eventually(async () => (await demo.stats())?.transport).toBe("webcodecs");
    const first = bestFrame(await demo.pixels(), "bouncing_box", 24);
    expect(first.share).toBeLessThan(0.03);
    const { framesDisplayed = 0 } = (await demo.stats()) ?? {};
    await eventually(async () => (await demo.stats())?.framesDisplayed).toBeGreaterThan(
      framesDisplayed + 5,
    );
    const later = bestFrame(await demo.pixels(), "bouncing_box", 24);
    expect(later.share).toBeLessThan(0.03);
    expect(later.frame).toBeGreaterThan(first.frame + 4);
  });

  it("sends a click, a drag, the wheel and keys, and nothing else", async () => {
    const demo = await openDemo(...STILL_CARD);
    const browser = theBrowser();
    const [from, to] = [await demo.at(0.25, 0.5), await demo.at(0.5, 0.5)];
    await browser.mouse({ move: [1, 1] }, { move: from }, "down", "up");
    await demo.event({ event_type: "pointer_up", ...near(WIDTH / 4, HEIGHT / 2), button: 1 });
    await browser.mouse("down", { move: to }, "up");
    await demo.event({ event_type: "pointer_up", ...near(WIDTH / 2, HEIGHT / 2), button: 1 });
    await browser.wheel(to, 120);
    await demo.event({ event_type: "wheel", ...near(WIDTH / 2, HEIGHT / 2) });
    await browser.press("q");
    await demo.event({ event_type: "key_up", key: "q" });
    const kinds = (await demo.events()).map((event) => String(event["event_type"]));
    const pointer = kinds.slice(0, kinds.indexOf("wheel")).filter((kind) => /^pointer/.test(kind));
    // Moves may be merged, and the driver may move the mouse to the place where it turns the wheel.
    while (pointer.at(-1) === "pointer_move") pointer.pop();
    expect(
      pointer.filter((kind, at) => kind !== "pointer_move" || pointer[at - 1] !== kind),
    ).toEqual([
      ...["pointer_enter", "pointer_move", "pointer_down", "pointer_up"],
      ...["pointer_down", "pointer_move", "pointer_up"],
    ]);
    expect(kinds).toContain("key_down");
  });

  it("keeps a drag that leaves the picture until the button is released", async () => {
    const demo = await openDemo(...STILL_CARD);
    const browser = theBrowser();
    await browser.mouse({ move: await demo.at(0.5, 0.5) }, "down", { move: await demo.outside() });
    await demo.event({ event_type: "pointer_move", inside: false });
    await browser.mouse("up");
    await demo.event({ event_type: "pointer_leave" });
    const kinds = (await demo.events()).map((event) => event["event_type"]);
    expect(kinds.slice(kinds.lastIndexOf("pointer_up"))).toEqual(["pointer_up", "pointer_leave"]);
  });

  it("sends a touch", async ({ skip }) => {
    const browser = theBrowser();
    skip(!browser.canTouch, `the driver of ${browser.version} can't touch`);
    const demo = await openDemo(...STILL_CARD);
    await browser.tap(await demo.at(0.5, 0.5));
    await demo.event({ event_type: "pointer_down", ntouches: 1, ...near(WIDTH / 2, HEIGHT / 2) });
    await demo.event({ event_type: "pointer_up", ntouches: 0 });
  });

  it("shows the whole picture in a window of another size, and says so", async () => {
    const demo = await openDemo(...STILL_CARD);
    const browser = theBrowser();
    await expectCard(demo);
    const before = await demo.box();
    await browser.resize(900, 600);
    await eventually(async () => (await demo.box()).height).toBeLessThan(before.height);
    await expectCard(demo);
    const sizes = async (): Promise<unknown> => {
      const resized = (await demo.events()).filter(({ event_type: type }) => type === "resize");
      const { width, height } = resized.at(-1) ?? {};
      return [width, height];
    };
    const { width, height } = await boxOf(browser, "#stage canvas");
    await eventually(sizes).toEqual([expect.closeTo(width), expect.closeTo(height)]);
    await browser.resize(1280, 900);
  });
}

function describeNotebook(theBrowser: () => DrivenBrowser, name: string): void {
  const disposables = disposedAfterAll();
  let notebook: LabNotebook;
  beforeAll(async () => {
    const opening = LabNotebook.open(theBrowser(), `browser-${name}`);
    notebook = await disposables.own(opening, (opened) => opened.close());
  });

  /** Waits for a colour on the screen. */
  async function expectColor(x: number, y: number, color: readonly number[]): Promise<void> {
    await eventually(async () => distance(await notebook.color(x, y), color)).toBeLessThanOrEqual(
      SCREEN_TOLERANCE,
    );
  }
  const gray = (level: number): number[] => [level, level, level];

  it("shows the picture", async () => {
    await expectColor(0.1, 0.1, gray(60));
    await expectColor(0.5, 0.5, SQUARE_RED);
  });

  it("follows the mouse while it is dragged", async () => {
    await theBrowser().mouse({ move: await notebook.at(0.3, 0.5) }, "down");
    await expectColor(0.1, 0.1, gray(90));
    await theBrowser().mouse({ move: await notebook.at(0.7, 0.5) });
    await expectColor(0.1, 0.1, gray(210));
    await expectColor(0.5, 0.5, SQUARE_RED);
    await theBrowser().mouse("up");
  });

  it("grows when its corner is dragged", async () => {
    const { x, y, width, height } = await notebook.box();
    const [right, bottom] = [x + width, y + height];
    await theBrowser().mouse(
      ...([
        { move: [right - 5, bottom - 5] },
        "down",
        { move: [right + 95, bottom + 45] },
        "up",
      ] as const),
    );
    await eventually(async () => {
      const box = await notebook.box();
      return [box.width, box.height].map(Math.round);
    }).toEqual([width + 100, height + 50].map(Math.round));
    await expectColor(0.5, 0.5, SQUARE_RED);
    await expectColor(0.97, 0.9, await notebook.color(0.1, 0.1));
  });

  it("sends what the user does, in the picture and not to JupyterLab", async () => {
    const browser = theBrowser();
    const at = await notebook.at(0.2, 0.2);
    await browser.mouse({ move: at }, "down", "up");
    await browser.press("b");
    await browser.wheel(at, 60);
    const wanted = ["pointer_down", "pointer_up", "pointer_move", "key_down", "key_up"];
    await eventually(() => notebook.events()).toEqual(
      expect.arrayContaining([...wanted, "wheel", "resize", "pointer_enter"]),
    );
    // "b" would make one more cell.
    const cells = await browser.evaluate(() => document.querySelectorAll(".jp-CodeCell").length);
    expect(cells).toBe(2);
  });

  it("has its picture again after a reload", async () => {
    await notebook.reload();
    await expectColor(0.5, 0.5, SQUARE_RED);
    await theBrowser().mouse({ move: await notebook.at(0.5, 0.9) });
    await expectColor(0.1, 0.1, gray(Math.round((await notebook.box()).width / 2)));
  });
}
