/** An example's server, as a person starts it, and its page. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { Program } from "../support/program";

/** Milliseconds for an example to print its address: less than a hook has. */
const START_MS = 40_000;

/** A folder of examples/. */
export const exampleFolder = (name: string): string =>
  join(import.meta.dirname, "../../examples", name);

/** An example that runs. */
export interface Example {
  readonly url: string;
  /** What it has printed. */
  readonly lines: readonly string[];
  /** Ends it. @returns its exit code; null if it had to be killed */
  readonly stop: () => Promise<number | null>;
}

/**
 * Starts an example and waits until it prints its address.
 *
 * @param args - the program and its arguments, for Node
 * @throws Error (as a rejection) when it doesn't; it has ended then
 */
export async function startExample(
  name: string,
  args: readonly string[],
  environment: object = {},
): Promise<Example> {
  const example = spawn(process.execPath, args, {
    cwd: exampleFolder(name),
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
  const program = new Program(name, example);
  const lines: string[] = [];
  createInterface({ input: example.stdout }).on("line", (line) => lines.push(line));
  const address = (): string | undefined =>
    lines.map((line) => /\bhttp:\S+:\d+\//.exec(line)?.[0]).find(Boolean);
  await program.ready(() => Promise.resolve(address() !== undefined), START_MS);
  return { url: address() ?? "", lines, stop: async () => (await program.end()).code };
}

/** The errors that a page logs from now on, and its uncaught exceptions. */
export function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return errors;
}

/** The picture's size, and its colours at fractions of its width and height. */
export function pictureAt(
  page: Page,
  points: readonly (readonly [x: number, y: number])[],
): Promise<{ size: string; colors: number[][] }> {
  return page.evaluate((all) => {
    const picture = document.querySelector("canvas");
    if (picture === null) return { size: "none", colors: [] };
    const { width, height } = picture;
    const reader = new OffscreenCanvas(width, height).getContext("2d");
    reader?.drawImage(picture, 0, 0);
    const colors = all.map(([x, y]) => [
      ...(reader?.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data ?? []),
    ]);
    return { size: `${width}x${height}`, colors };
  }, points);
}

/** Moves the mouse to a place in the picture, in fractions of its width and height. */
export async function pointAt(page: Page, x: number, y: number): Promise<void> {
  const box = await page.locator("canvas").boundingBox();
  if (box === null) throw new Error("There is no picture");
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
}
