/** What a person sees of an example's pictures. */
import { type Locator, expect } from "@playwright/test";
import type { OpenNotebook } from "../notebook";

/** What a picture shows, in short. */
interface Look {
  /** Whether it has more than one colour. */
  readonly showsSomething: boolean;
  /** Differs for two pictures that differ. */
  readonly hash: number;
}

/** Looks at a canvas or an image. */
async function look(picture: Locator): Promise<Look> {
  return picture.evaluate(async (element) => {
    if (element instanceof HTMLImageElement) await element.decode();
    else if (!(element instanceof HTMLCanvasElement)) throw new Error("Not a picture");
    const { width, height } =
      element instanceof HTMLImageElement
        ? { width: element.naturalWidth, height: element.naturalHeight }
        : element;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) throw new Error("Cannot make a 2d context");
    context.drawImage(element, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let hash = 0;
    for (const pixel of pixels) hash = (Math.imul(hash, 31) + pixel) | 0;
    return { showsSomething: pixels.some((pixel) => pixel !== pixels[0]), hash };
  });
}

/** Waits until a picture shows something: not one single colour. */
export async function expectSomething(picture: Locator): Promise<void> {
  await expect(picture).toBeVisible();
  // Hidden widgets aren't drawn.
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(async () => (await look(picture)).showsSomething).toBe(true);
}

/** Waits until a picture no longer changes, and so is sharp. */
export async function expectRest(picture: Locator, timeout = 15_000): Promise<void> {
  let before: number | undefined;
  const isAtRest = async (): Promise<boolean> => {
    const { hash } = await look(picture);
    const isSame = hash === before;
    before = hash;
    return isSame;
  };
  await expect.poll(isAtRest, { intervals: [500], timeout }).toBe(true);
}

/** Waits until an action changes the live picture of a cell. */
export async function expectChange(
  notebook: OpenNotebook,
  cell: number,
  action: () => Promise<void>,
  nth = 0,
): Promise<void> {
  const picture = notebook.canvas(cell, nth);
  await expectSomething(picture);
  // A picture that comes to rest becomes sharp: that is a change, too.
  await expectRest(picture);
  const { hash } = await look(picture);
  await action();
  await expect.poll(async () => (await look(picture)).hash).not.toBe(hash);
}

/** Waits until the live picture of a cell has shown several different things, without any action. */
export async function expectAnimation(notebook: OpenNotebook, cell: number): Promise<void> {
  const picture = notebook.canvas(cell);
  await expectSomething(picture);
  const seen = new Set<number>();
  await expect.poll(async () => seen.add((await look(picture)).hash).size).toBeGreaterThan(3);
}

/** What the live picture of a cell shows now, once it is at rest, in short. */
export async function hashOf(notebook: OpenNotebook, cell: number): Promise<number> {
  await expectSomething(notebook.canvas(cell));
  await expectRest(notebook.canvas(cell));
  return (await look(notebook.canvas(cell))).hash;
}

/** Waits until the live picture of a cell shows the same again. */
export async function expectSame(
  notebook: OpenNotebook,
  cell: number,
  hash: number,
): Promise<void> {
  await expect.poll(async () => (await look(notebook.canvas(cell))).hash).toBe(hash);
}
