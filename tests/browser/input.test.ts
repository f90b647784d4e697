import { type Browser, type CDPSession } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ViewPage, type Sent } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** No throttle: each event of the browser arrives as one. */
const EACH = { throttle: 0 };
const ofType = (sent: readonly Sent[], type: string): Sent[] =>
  sent.filter((one) => one.type === type);
const pick = (event: Sent | undefined, ...keys: string[]): unknown[] =>
  keys.map((key) => event?.[key]);

/**
 * Records the events that reach the page around the view, and whether their default action is
 * prevented.
 */
async function watchPage(view: ViewPage, ...types: string[]): Promise<() => Promise<string[]>> {
  await view.page.evaluate((names) => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const name of names) {
      document.addEventListener(name, (event) => {
        seen.push(`${name}${event.defaultPrevented ? " prevented" : ""}`);
        // Keeps menus from opening during a test.
        if (name === "contextmenu") event.preventDefault();
      });
    }
  }, types);
  return () => view.page.evaluate(() => (window as unknown as { seen: string[] }).seen.splice(0));
}

async function focusView(view: ViewPage): Promise<void> {
  const { x, y } = await view.box();
  await view.page.mouse.click(x + 5, y + 5);
  await view.until((sent) => sent.some(({ type }) => type === "pointer_up"));
  await view.forget();
}

describe("mouse", () => {
  it("stays on the picture when it is released there, though WebKit lets it leave and enter", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    await view.forget();
    await view.page.evaluate(
      ([clientX, clientY]) => {
        const canvas = document.querySelector("canvas");
        const say = (type: string, init: PointerEventInit = {}): void => {
          const place = { clientX, clientY, pointerId: 1, pointerType: "mouse", ...init };
          const Kind =
            type.startsWith("pointer") || type.startsWith("lost") ? PointerEvent : MouseEvent;
          canvas?.dispatchEvent(new Kind(type, place));
        };
        say("pointerenter");
        say("pointerdown", { buttons: 1 });
        // What WebKitGTK 2.50 reports of a release.
        for (const type of ["pointerup", "lostpointercapture", "pointerleave", "mouseup"])
          say(type);
        say("pointerenter");
        say("pointermove");
        // Off the picture, and while another window covers it.
        say("pointerleave", { clientX: clientX - 100 });
        say("pointerenter");
        say("pointerleave");
        say("pointerenter");
        say("pointerdown", { buttons: 1 });
        say("pointerup", { clientX: clientX - 100 });
        say("lostpointercapture", { clientX: clientX - 100 });
        say("pointerleave", { clientX: clientX - 100 });
      },
      [x + 40, y + 30] as const,
    );
    const sent = await view.until((all) => ofType(all, "pointer_leave").length === 3);
    expect(sent.map(({ type }) => type).filter((type) => type !== "focus_in")).toEqual([
      ...["pointer_enter", "pointer_down", "pointer_up", "pointer_move", "pointer_leave"],
      ...["pointer_enter", "pointer_leave"],
      ...["pointer_enter", "pointer_down", "pointer_up", "pointer_leave"],
    ]);
    await view.close();
  });

  it("sends a drag from enter to leave, also outside the picture, in the picture's coordinates", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    const { mouse } = view.page;
    await view.forget();
    await mouse.move(x + 10, y + 20);
    await mouse.down();
    await mouse.move(x + 30, y + 45);
    await mouse.move(x - 15, y - 8);
    await mouse.up();
    await mouse.move(x - 18, y - 9);
    const sent = await view.until((all) => all.some(({ type }) => type === "pointer_leave"));
    expect(sent.map(({ type }) => type)).toEqual([
      "pointer_enter",
      "pointer_move",
      "focus_in",
      "pointer_down",
      "pointer_move",
      "pointer_move",
      "pointer_up",
      "pointer_leave",
    ]);
    const [, hover, , down, , outside, up] = sent;
    expect(pick(hover, "button", "buttons", "ntouches", "touches")).toEqual([0, [], 0, {}]);
    expect(pick(down, "x", "y", "button", "buttons", "modifiers", "ntouches")).toEqual([
      10,
      20,
      1,
      [1],
      [],
      1,
    ]);
    expect(Object.values(down?.touches as object)).toEqual([{ x: 10, y: 20, pressure: 0.5 }]);
    expect(pick(outside, "x", "y", "button", "buttons", "ntouches")).toEqual([-15, -8, 1, [1], 1]);
    expect(pick(up, "x", "y", "button", "buttons", "ntouches", "touches")).toEqual([
      -15,
      -8,
      1,
      [],
      0,
      {},
    ]);
    await view.close();
  });

  it("numbers left 1, right 2, middle 3, and reports each button of a chord", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    const { mouse } = view.page;
    await mouse.move(x + 10, y + 10);
    for (const button of ["left", "middle", "right"] as const) await mouse.down({ button });
    for (const button of ["left", "right", "middle"] as const) await mouse.up({ button });
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 3);
    const presses = sent.filter(({ type }) => type === "pointer_down" || type === "pointer_up");
    expect(presses.map((event) => pick(event, "type", "button", "buttons"))).toEqual([
      ["pointer_down", 1, [1]],
      ["pointer_down", 3, [1, 3]],
      ["pointer_down", 2, [1, 2, 3]],
      ["pointer_up", 1, [2, 3]],
      ["pointer_up", 2, [3]],
      ["pointer_up", 3, []],
    ]);
    await view.close();
  });

  it("numbers the buttons for back and forward 4 and 5, and prevents the page from going there", async () => {
    const view = await ViewPage.open(browser, EACH);
    await view.page.evaluate(() => {
      for (const step of [1, 2, 3]) history.pushState(step, "");
      history.back();
    });
    const step = () => view.page.evaluate(() => history.state as unknown);
    await expect.poll(step).toBe(2);
    const seen = await watchPage(view, "mousedown");
    const client = await view.page.context().newCDPSession(view.page);
    const at = await view.box();
    const press = (type: string, button: string, buttons: number, modifiers = 0) =>
      client.send("Input.dispatchMouseEvent", {
        ...{ type, button, buttons, modifiers, x: at.x + 10, y: at.y + 10, clickCount: 1 },
      } as never);
    await press("mousePressed", "back", 8);
    await press("mousePressed", "forward", 24);
    await press("mouseReleased", "back", 16);
    await press("mouseReleased", "forward", 0);
    await press("mousePressed", "back", 8);
    await press("mouseReleased", "back", 0);
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 3);
    const presses = sent.filter(({ type }) => type === "pointer_down" || type === "pointer_up");
    expect(presses.map((event) => pick(event, "type", "button", "buttons"))).toEqual([
      ["pointer_down", 4, [4]],
      ["pointer_down", 5, [4, 5]],
      ["pointer_up", 4, [5]],
      ["pointer_up", 5, []],
      ["pointer_down", 4, [4]],
      ["pointer_up", 4, []],
    ]);
    expect(await seen()).toEqual([]);

    // With Alt the browser handles them. If it had handled the earlier ones too, it would end one
    // page further back.
    await press("mousePressed", "back", 8, 1);
    await press("mouseReleased", "back", 0, 1);
    await expect.poll(step).toBe(1);
    await press("mousePressed", "forward", 16, 1);
    await press("mouseReleased", "forward", 0, 1);
    await expect.poll(step).toBe(2);
    expect(await seen()).toEqual(["mousedown", "mousedown"]);
    await view.close();
  });

  it("names the modifiers that are held", async () => {
    const view = await ViewPage.open(browser, EACH);
    await focusView(view);
    await view.page.keyboard.down("Shift");
    await view.page.keyboard.down("Control");
    const { x, y } = await view.box();
    await view.page.mouse.move(x + 50, y + 60);
    const sent = await view.until((all) => ofType(all, "pointer_move").length > 0);
    expect(ofType(sent, "pointer_move").at(-1)?.modifiers).toEqual(["Shift", "Control"]);
    await view.close();
  });

  it("sends a double click after its second release, without touches", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    await view.page.mouse.dblclick(x + 7, y + 9);
    const sent = await view.until((all) => ofType(all, "double_click").length === 1);
    expect(sent.slice(-2).map(({ type }) => type)).toEqual(["pointer_up", "double_click"]);
    const event = sent.at(-1);
    expect(pick(event, "x", "y", "button", "modifiers")).toEqual([7, 9, 1, []]);
    expect(event).not.toHaveProperty("touches");
    await view.close();
  });

  it("hides presses from the page, except with Alt", async () => {
    const view = await ViewPage.open(browser, EACH);
    const seen = await watchPage(view, "mousedown", "contextmenu", "dblclick");
    const { x, y } = await view.box();
    await view.page.mouse.dblclick(x + 7, y + 9);
    await view.page.mouse.click(x + 7, y + 9, { button: "right" });
    await view.until((all) => ofType(all, "pointer_up").length === 3);
    expect(await seen()).toEqual([]);
    await view.page.keyboard.down("Alt");
    await view.page.mouse.click(x + 7, y + 9, { button: "right" });
    await view.page.keyboard.up("Alt");
    await view.until((all) => ofType(all, "pointer_up").length === 4);
    expect(await seen()).toEqual(["mousedown", "contextmenu"]);
    await view.close();
  });

  it("leaves a right click with Shift to the browser's own menu", async () => {
    const view = await ViewPage.open(browser, EACH);
    const seen = await watchPage(view, "contextmenu");
    const { x, y } = await view.box();
    await view.page.mouse.move(x + 7, y + 9);
    await view.forget();
    await view.page.keyboard.down("Shift");
    await view.page.mouse.click(x + 7, y + 9, { button: "right" });
    expect(await seen()).toEqual(["contextmenu"]);
    expect(await view.types("pointer_move")).toEqual([]);
    await view.close();
  });

  it("measures in logical pixels when the page is scrolled and the view is scaled", async () => {
    const view = await ViewPage.open(browser, EACH);
    await view.page.locator("#cell").evaluate((cell) => {
      cell.style.cssText = "margin: 900px 0 0 33.5px; transform: scale(0.5); transform-origin: 0 0";
    });
    await view.page.evaluate(() => window.scrollTo(0, 700));
    const { x, y, width } = await view.box();
    expect(width).toBe(250);
    await view.forget();
    await view.page.mouse.move(x + 100, y + 50);
    const sent = await view.until((all) => ofType(all, "pointer_enter").length === 1);
    const [enter] = ofType(sent, "pointer_enter");
    expect(enter?.x).toBeCloseTo(200, 3);
    expect(enter?.y).toBeCloseTo(100, 3);
    await view.close();
  });

  it.each(["rotate(180deg)", "rotate(45deg)", "scaleX(-1)"])(
    "measures in logical pixels under CSS zoom and %s",
    async (transform) => {
      const view = await ViewPage.open(browser, EACH);
      const point = await view.page.evaluate((value) => {
        document.body.style.setProperty("zoom", "1.5");
        const main = document.getElementById("main") as HTMLElement;
        Object.assign(main.style, { width: "500px", transform: value });
        // An element without a size at the point shows where the point is.
        const mark = document.createElement("div");
        Object.assign(mark.style, { position: "absolute", left: "100px", top: "60px" });
        document.querySelector(".jupyter-rfb-stage")?.append(mark);
        const { x, y } = mark.getBoundingClientRect();
        mark.remove();
        return { x, y };
      }, transform);
      await view.forget();
      await view.page.mouse.move(point.x, point.y);
      const sent = await view.until((all) => ofType(all, "pointer_move").length > 0);
      const move = ofType(sent, "pointer_move").at(-1);
      expect(Math.abs(Number(move?.x) - 100)).toBeLessThanOrEqual(1);
      expect(Math.abs(Number(move?.y) - 60)).toBeLessThanOrEqual(1);
      await view.close();
    },
  );

  it("merges moves within the interval, the first at once, and all before the release", async () => {
    // Longer than the test, so no event is sent because the interval ends.
    const view = await ViewPage.open(browser, { throttle: 600_000 });
    const { x, y } = await view.box();
    await focusView(view);
    await view.page.mouse.move(x + 10, y + 10);
    await view.page.mouse.down();
    for (let step = 1; step <= 20; step++) await view.page.mouse.move(x + 10 + step, y + 10);
    await view.page.mouse.up();
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 1);
    expect(sent.map((event) => pick(event, "type", "x"))).toEqual([
      ["pointer_move", 10],
      ["pointer_down", 10],
      ["pointer_move", 30],
      ["pointer_up", 30],
    ]);
    await view.close();
  });
});

describe("a window that loses the focus", () => {
  it("releases buttons and keys, and the pointer leaves until its next event", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    await focusView(view);
    await view.page.mouse.move(x + 10, y + 10);
    await view.page.mouse.down();
    await view.page.keyboard.down("w");
    await view.until((all) => ofType(all, "char").length === 1);
    await view.forget();
    // As browsers dispatch them; headless Chromium's only window never loses the focus.
    await view.page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      window.dispatchEvent(new FocusEvent("blur"));
    });
    await view.until((all) => ofType(all, "pointer_leave").length === 1);
    expect(await view.types()).toEqual(["key_up", "focus_out", "pointer_up", "pointer_leave"]);
    await view.page.mouse.move(x + 20, y + 10);
    await view.until((all) => ofType(all, "pointer_move").length === 1);
    expect((await view.types()).slice(4)).toEqual(["pointer_enter", "pointer_move"]);
    await view.close();
  });
});

describe("two touches in a window that loses the focus", () => {
  it("go up and leave where each of them was, after the focus", async () => {
    const view = await ViewPage.open(browser, EACH, { hasTouch: true });
    const client = await view.page.context().newCDPSession(view.page);
    const { x, y } = await view.box();
    const one = { x: x + 10, y: y + 10, id: 0 };
    const two = { x: x + 200, y: y + 150, id: 1 };
    for (const touchPoints of [[one], [one, two]]) {
      await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    }
    await view.until((all) => ofType(all, "pointer_down").length === 2);
    await view.forget();
    await view.page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      window.dispatchEvent(new FocusEvent("blur"));
    });
    const sent = await view.until((all) => ofType(all, "pointer_leave").length === 2);
    expect(sent.map((event) => pick(event, "type", "x", "y"))).toEqual([
      ["focus_out", undefined, undefined],
      ["pointer_up", 10, 10],
      ["pointer_up", 200, 150],
      ["pointer_leave", 10, 10],
      ["pointer_leave", 200, 150],
    ]);
    const times = sent.map(({ timestamp }) => Number(timestamp));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await view.close();
  });
});

describe("wheel", () => {
  it("scrolls the page without focus, and is sent to the kernel with it", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    const scrolled = () => view.page.evaluate(() => window.scrollY);
    await view.page.mouse.move(x + 10, y + 10);
    await view.page.mouse.wheel(0, 100);
    await expect.poll(scrolled).toBe(100);
    expect(ofType(await view.sent(), "wheel")).toEqual([]);

    await view.page.evaluate(() => window.scrollTo(0, 0));
    await focusView(view);
    await view.page.mouse.wheel(0, 100);
    await view.page.mouse.wheel(-30, 0);
    const sent = ofType(await view.until((all) => ofType(all, "wheel").length === 2), "wheel");
    expect(sent.map((event) => pick(event, "dx", "dy", "x", "y", "buttons", "modifiers"))).toEqual([
      [0, 100, 5, 5, [], []],
      [-30, 0, 5, 5, [], []],
    ]);
    expect(await scrolled()).toBe(0);
    await view.close();
  });

  it("loses nothing of a burst", async () => {
    const view = await ViewPage.open(browser, { throttle: 50 });
    await focusView(view);
    for (let notch = 0; notch < 12; notch++) await view.page.mouse.wheel(0, 100);
    const total = (all: readonly Sent[]): number =>
      ofType(all, "wheel").reduce((sum, event) => sum + Number(event.dy), 0);
    await view.until((all) => total(all) === 1200);
    await view.close();
  });
});

describe("a pinch in Safari", () => {
  it("is sent as a wheel event with Control while the view has the focus", async () => {
    const view = await ViewPage.open(browser, EACH);
    await focusView(view);
    // Safari's events, which Chromium doesn't have.
    await view.page.evaluate(() => {
      const canvas = document.querySelector("canvas") as HTMLCanvasElement;
      const { x, y } = canvas.getBoundingClientRect();
      for (const [type, scale] of [
        ["gesturestart", 1],
        ["gesturechange", 2],
      ] as const) {
        const event = new MouseEvent(type, { cancelable: true, clientX: x + 7, clientY: y + 9 });
        canvas.dispatchEvent(Object.assign(event, { scale }));
      }
    });
    const sent = await view.until((all) => ofType(all, "wheel").length === 1);
    const [wheel] = ofType(sent, "wheel");
    expect(pick(wheel, "x", "y", "dx", "modifiers")).toEqual([7, 9, 0, ["Control"]]);
    expect(wheel?.dy).toBeCloseTo(-100 * Math.log(2));
    await view.close();
  });
});

describe("touch", () => {
  const touch = (client: CDPSession, type: string, points: readonly object[]): Promise<unknown> =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: points } as never);

  it("reports all touches", async () => {
    const view = await ViewPage.open(browser, EACH, { hasTouch: true });
    const client = await view.page.context().newCDPSession(view.page);
    const { x, y } = await view.box();
    await view.forget();
    const one = { x: x + 10, y: y + 10, id: 0, force: 0.25 };
    const two = { x: x + 100, y: y + 50, id: 1, force: 0.75 };
    await touch(client, "touchStart", [one]);
    await touch(client, "touchStart", [one, two]);
    await touch(client, "touchMove", [one, { ...two, x: x + 140 }]);
    await touch(client, "touchEnd", [one]);
    await touch(client, "touchEnd", []);
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 2);
    const order = sent.map(({ type }) => type).filter((type) => /down|move|up/.test(type));
    expect(order).toEqual([
      "pointer_down",
      "pointer_down",
      "pointer_move",
      "pointer_up",
      "pointer_up",
    ]);
    expect(ofType(sent, "pointer_down").map(({ ntouches }) => ntouches)).toEqual([1, 2]);
    expect(Object.values(ofType(sent, "pointer_down")[1]?.touches as object)).toEqual([
      { x: 10, y: 10, pressure: 0.25 },
      { x: 100, y: 50, pressure: 0.75 },
    ]);
    const [move] = ofType(sent, "pointer_move");
    expect(pick(move, "x", "y", "button", "buttons", "ntouches")).toEqual([140, 50, 1, [1], 2]);
    expect(ofType(sent, "pointer_up").map(({ ntouches }) => ntouches)).toEqual([1, 0]);
    await view.close();
  });

  it("ends a touch that the system cancels, and does not scroll the page", async () => {
    const view = await ViewPage.open(browser, EACH, { hasTouch: true });
    const client = await view.page.context().newCDPSession(view.page);
    const { x, y } = await view.box();
    await touch(client, "touchStart", [{ x: x + 10, y: y + 200 }]);
    for (let dy = 10; dy <= 150; dy += 10) {
      await touch(client, "touchMove", [{ x: x + 10, y: y + 200 - dy }]);
    }
    await touch(client, "touchCancel", []);
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 1);
    expect(ofType(sent, "pointer_move").length).toBeGreaterThan(5);
    expect(pick(ofType(sent, "pointer_up")[0], "button", "buttons", "ntouches")).toEqual([
      1,
      [],
      0,
    ]);
    expect(await view.page.evaluate(() => window.scrollY)).toBe(0);
    await view.close();
  });
});

describe("the on-screen keyboard", () => {
  const keys = (view: ViewPage): Promise<unknown> =>
    view.page.evaluate(() => {
      const active = document.activeElement as HTMLElement;
      return [active.tagName, active.inputMode];
    });

  it("stays away from a touch, and comes up with focus()", async () => {
    const view = await ViewPage.open(browser, EACH, { hasTouch: true });
    const { x, y } = await view.box();
    await view.page.touchscreen.tap(x + 10, y + 10);
    await view.until((sent) => sent.some(({ type }) => type === "focus_in"));
    expect(await keys(view)).toEqual(["TEXTAREA", "none"]);
    await view.forget();
    await view.page.evaluate(() => window.harness.views[0]?.focus());
    expect(await keys(view)).toEqual(["TEXTAREA", "text"]);
    // A browser brings it up when an element gets the focus, not when it has it.
    expect(await view.types()).toEqual(["focus_out", "focus_in"]);
    await view.page.keyboard.insertText("typed");
    await view.until((sent) => sent.some(({ data }) => data === "typed"));
    await view.close();
  });

  it("comes up with each tap, since the user may have put it away", async () => {
    const view = await ViewPage.open(browser, { ...EACH, touchKeyboard: true }, { hasTouch: true });
    const { x, y } = await view.box();
    // Putting the keyboard away leaves no trace in the page, but focus() brings it up once more.
    await view.page.evaluate(() => {
      const textArea = document.querySelector("textarea") as HTMLTextAreaElement;
      const focus = textArea.focus.bind(textArea);
      textArea.focus = (options) => {
        document.title += "focus,";
        focus(options);
      };
    });
    await view.page.touchscreen.tap(x + 10, y + 10);
    await expect.poll(() => view.page.title()).toBe("focus,");
    await view.page.touchscreen.tap(x + 40, y + 10);
    await expect.poll(() => view.page.title()).toBe("focus,focus,");
    expect(ofType(await view.sent(), "focus_out")).toEqual([]);
    await view.close();
  });

  it("comes up with the next tap when touchKeyboard is switched on", async () => {
    const view = await ViewPage.open(browser, EACH, { hasTouch: true });
    const { x, y } = await view.box();
    await view.page.touchscreen.tap(x + 10, y + 10);
    await view.until((sent) => sent.some(({ type }) => type === "focus_in"));
    expect(await keys(view)).toEqual(["TEXTAREA", "none"]);
    await view.page.evaluate(() => window.harness.update({ touchKeyboard: true }));
    await view.page.touchscreen.tap(x + 40, y + 10);
    await expect.poll(() => keys(view)).toEqual(["TEXTAREA", "text"]);
    await view.close();
  });

  it("comes up with a tap if that is wanted, and not with a drag", async () => {
    const view = await ViewPage.open(browser, { ...EACH, touchKeyboard: true }, { hasTouch: true });
    const client = await view.page.context().newCDPSession(view.page);
    const { x, y } = await view.box();
    const touch = (type: string, ...touchPoints: object[]): Promise<unknown> =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints } as never);
    await view.page.touchscreen.tap(x + 10, y + 10);
    await view.until((sent) => sent.some(({ type }) => type === "focus_in"));
    expect(await keys(view)).toEqual(["TEXTAREA", "text"]);
    await view.page.locator("#before").focus();
    await view.forget();
    await touch("touchStart", { x: x + 10, y: y + 10 });
    for (let dx = 20; dx <= 100; dx += 20) await touch("touchMove", { x: x + dx, y: y + 10 });
    await touch("touchEnd");
    await view.until((sent) => sent.some(({ type }) => type === "pointer_up"));
    expect(await keys(view)).toEqual(["INPUT", ""]);
    await view.close();
  });
});

describe("pen", () => {
  it("is a touch with its pressure while it is down, and no touch while it hovers", async () => {
    const view = await ViewPage.open(browser, EACH);
    const client = await view.page.context().newCDPSession(view.page);
    const at = await view.box();
    const pen = (type: string, x: number, buttons: number, force: number): Promise<unknown> =>
      client.send("Input.dispatchMouseEvent", {
        ...{ type, x: at.x + x, y: at.y + 20, buttons, force, pointerType: "pen" },
        ...{ button: type === "mouseMoved" && buttons === 0 ? "none" : "left", clickCount: 1 },
      } as never);
    await view.forget();
    await pen("mouseMoved", 5, 0, 0);
    await pen("mousePressed", 10, 1, 0.25);
    await pen("mouseMoved", 30, 1, 0.75);
    await pen("mouseReleased", 30, 0, 0);
    const sent = await view.until((all) => ofType(all, "pointer_up").length === 1);
    const [hover] = ofType(sent, "pointer_enter");
    expect(pick(hover, "x", "button", "buttons", "ntouches", "touches")).toEqual([5, 0, [], 0, {}]);
    const [down] = ofType(sent, "pointer_down");
    expect(pick(down, "x", "y", "button", "buttons", "ntouches")).toEqual([10, 20, 1, [1], 1]);
    expect(Object.values(down?.touches as object)).toEqual([{ x: 10, y: 20, pressure: 0.25 }]);
    const drag = ofType(sent, "pointer_move").at(-1);
    expect(pick(drag, "x", "button", "buttons", "ntouches")).toEqual([30, 1, [1], 1]);
    expect(Object.values(drag?.touches as object)).toEqual([{ x: 30, y: 20, pressure: 0.75 }]);
    // The same pen all the time.
    expect(Object.keys(drag?.touches as object)).toEqual(Object.keys(down?.touches as object));
    const [up] = ofType(sent, "pointer_up");
    expect(pick(up, "x", "button", "buttons", "ntouches", "touches")).toEqual([30, 1, [], 0, {}]);
    await view.close();
  });
});

describe("keyboard", () => {
  it("reaches the view by Tab, with a role, a name, help and a visible ring", async () => {
    const view = await ViewPage.open(browser, { title: "Spinning cube" });
    await view.page.locator("#cell").focus();
    const ring = () =>
      view.page
        .locator(".jupyter-rfb-stage")
        .evaluate((stage) => getComputedStyle(stage, "::after").boxShadow);
    expect(await ring()).toBe("none");
    // The tools come first: the picture then takes every key.
    await view.page.keyboard.press("Tab");
    const tools = view.page.getByRole("button", { name: "Picture tools" });
    expect(await tools.evaluate((button) => button.matches(":focus-visible"))).toBe(true);
    await view.page.keyboard.press("Tab");
    await view.until((sent) => sent.some(({ type }) => type === "focus_in"));
    expect(await ring()).toContain("0px 0px 0px 2px");
    const stage = view.page.getByRole("application", { name: "Spinning cube" });
    expect(await stage.count()).toBe(1);
    const keys = view.page.getByRole("textbox", { name: "Spinning cube" });
    expect(await keys.getAttribute("aria-description")).toContain("Escape twice");
    await view.page.evaluate(() => window.harness.update({ title: "" }));
    expect(await view.page.getByRole("application", { name: "Remote frame buffer" }).count()).toBe(
      1,
    );
    await view.close();
  });

  it("sends keys down and up once, by the specification's names, and the typed text", async () => {
    const view = await ViewPage.open(browser);
    await focusView(view);
    const { keyboard } = view.page;
    await keyboard.down("Shift");
    await keyboard.press("A");
    await keyboard.up("Shift");
    await keyboard.down("x");
    await keyboard.down("x");
    await keyboard.up("x");
    await keyboard.press("Space");
    await keyboard.press("Delete");
    const sent = await view.until(
      (all) => all.at(-1)?.key === "Delete" && all.at(-1)?.type === "key_up",
    );
    const story = sent.map((event) => `${event.type} ${String(event.key ?? event.data)}`);
    expect(story).toEqual([
      "key_down Shift",
      "key_down A",
      "char A",
      "key_up A",
      "key_up Shift",
      "key_down x",
      "char x",
      "char x",
      "key_up x",
      "key_down  ",
      "char  ",
      "key_up  ",
      "key_down Delete",
      "key_up Delete",
    ]);
    expect(sent[1]?.modifiers).toEqual(["Shift"]);
    expect(pick(sent[2], "data", "is_composing", "input_type")).toEqual(["A", false, "insertText"]);
    await view.close();
  });

  it("hides keys from the page while it has the focus, so that the page does not scroll", async () => {
    const view = await ViewPage.open(browser);
    const seen = await watchPage(view, "keydown", "keyup");
    const keys = ["PageDown", "ArrowDown", "End", "Space", "Tab", "Enter", "Control+s"];
    await focusView(view);
    for (const key of keys) await view.page.keyboard.press(key);
    const sent = await view.until((all) => ofType(all, "key_up").length === keys.length + 1);
    expect(ofType(sent, "key_down").map(({ key }) => key)).toEqual([
      ...["PageDown", "ArrowDown", "End", " ", "Tab", "Enter", "Control", "s"],
    ]);
    expect(await seen()).toEqual([]);
    expect(await view.page.evaluate(() => window.scrollY)).toBe(0);

    await view.page.locator("#cell").evaluate((cell) => cell.focus());
    await view.forget();
    await view.page.keyboard.press("PageDown");
    await expect.poll(() => view.page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
    expect(await seen()).toContain("keydown");
    // The picture scrolls away from under the pointer, which browsers report a moment later.
    expect(await view.types("show", "hide", "pointer_leave")).toEqual([]);
    await view.close();
  });

  it("makes JupyterLab's command registry ignore its keys", async () => {
    const view = await ViewPage.open(browser);
    await focusView(view);
    const suppressed = await view.page.evaluate(() =>
      document.activeElement?.hasAttribute("data-lm-suppress-shortcuts"),
    );
    expect(suppressed).toBe(true);
    await view.close();
  });

  it("loses the focus to the element around it when Escape is pressed twice, not once", async () => {
    const view = await ViewPage.open(browser);
    await focusView(view);
    await view.page.keyboard.press("Escape");
    await view.page.keyboard.press("a");
    await view.page.keyboard.press("Escape");
    expect(await view.types()).not.toContain("focus_out");
    await view.page.keyboard.press("Escape");
    const sent = await view.until((all) => all.some(({ type }) => type === "focus_out"));
    expect(sent.slice(-3).map((event) => pick(event, "type", "key"))).toEqual([
      ["key_down", "Escape"],
      ["key_up", "Escape"],
      ["focus_out", undefined],
    ]);
    expect(await view.page.evaluate(() => document.activeElement?.id)).toBe("cell");
    await view.forget();
    await view.page.keyboard.press("b");
    expect(await view.types()).toEqual([]);
    await view.close();
  });

  it("releases held keys when it loses the focus", async () => {
    const view = await ViewPage.open(browser);
    await focusView(view);
    await view.page.keyboard.down("w");
    await view.page.locator("#before").focus();
    const sent = await view.until((all) => all.some(({ type }) => type === "focus_out"));
    expect(sent.map((event) => pick(event, "type", "key").join(" "))).toEqual([
      "key_down w",
      "char ",
      "key_up w",
      "focus_out ",
    ]);
    await view.close();
  });

  it("releases a modifier key whose release was lost before the mouse moves", async () => {
    const view = await ViewPage.open(browser, EACH);
    const { x, y } = await view.box();
    await focusView(view);
    await view.page.evaluate(() => {
      const shift = { key: "Shift", code: "ShiftLeft", shiftKey: true };
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", shift));
    });
    await view.page.mouse.move(x + 30, y + 30);
    await view.until((all) => ofType(all, "pointer_move").length === 1);
    expect(await view.types()).toEqual(["key_down", "key_up", "pointer_move"]);
    await view.close();
  });

  it("sends the ContextMenu key without opening the page's menu", async () => {
    const view = await ViewPage.open(browser);
    const seen = await watchPage(view, "contextmenu");
    await focusView(view);
    await view.page.evaluate(() => {
      const record = (event: Event): void => void (document.title = event.type);
      document.addEventListener("contextmenu", record, { capture: true });
    });
    await view.page.keyboard.press("ContextMenu");
    const sent = await view.until((all) => ofType(all, "key_up").length === 1);
    expect(sent.map((event) => pick(event, "type", "key"))).toEqual([
      ["key_down", "ContextMenu"],
      ["key_up", "ContextMenu"],
    ]);
    await expect.poll(() => view.page.title()).toBe("contextmenu");
    expect(await seen()).toEqual([]);
    await view.close();
  });

  it("sends the text that an input method composes, and its result once", async () => {
    const view = await ViewPage.open(browser);
    await focusView(view);
    const client = await view.page.context().newCDPSession(view.page);
    await client.send("Input.imeSetComposition", {
      text: "に",
      selectionStart: 1,
      selectionEnd: 1,
    });
    await client.send("Input.imeSetComposition", {
      text: "にほ",
      selectionStart: 2,
      selectionEnd: 2,
    });
    await client.send("Input.insertText", { text: "日本" });
    await view.page.keyboard.insertText("!");
    const sent = await view.until((all) => all.at(-1)?.data === "!");
    expect(sent.map((event) => pick(event, "type", "data", "is_composing"))).toEqual([
      ["char", "に", true],
      ["char", "にほ", true],
      ["char", "日本", true],
      ["char", "日本", false],
      ["char", "!", false],
    ]);
    await view.close();
  });
});
