import type { Page } from "@playwright/test";
import { expectPixel } from "./assertions";
import { OpenNotebook, writeNotebook } from "./notebook";

/** A cell that declares a widget that records its events, and draws one gray. */
export const RECORDER = `
import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
class Recorder extends RemoteFrameBuffer {
  events: RfbEvent[] = [];
  size = [1, 1];
  get_frame() {
    const [height, width] = this.size;
    return { data: new Uint8Array(height * width * 3).fill(90), shape: [height, width, 3] };
  }
  handle_event(event: RfbEvent) {
    this.events.push(event);
    if (event.event_type === "resize") this.size = [event.pheight, event.pwidth];
  }
  take() { const taken = this.events; this.events = []; return JSON.stringify(taken); }
}`;
const SHOW = `const w = new Recorder({ css_width: "300px", css_height: "200px" }); w`;
/** A cell that prints the events since the last time. */
export const TAKE = "console.log(w.take())";
/** What the widget draws. */
export const GRAY = [90, 90, 90];

/** Index of the cell that shows the widget of {@link recorder}. */
export const LIVE = 1;
/** Index of the cell that prints its events. */
export const EVENTS = 2;

/** An event as the kernel got it. */
export type Recorded = Readonly<Record<string, unknown>> & { readonly event_type: string };

/** Opens a notebook with a widget that records its events, and waits until it shows. More cells follow those of its own. */
export async function recorder(
  page: Page,
  tmpPath: string,
  more: readonly string[] = [],
): Promise<OpenNotebook> {
  const path = `${tmpPath}/live.ipynb`;
  writeNotebook(path, [RECORDER, SHOW, TAKE, ...more]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(0);
  await notebook.run(LIVE);
  await expectPixel(notebook, LIVE, [150, 100], GRAY);
  return notebook;
}

/** The events since the last call; types names those that matter, all by default. */
export async function takeEvents(
  notebook: OpenNotebook,
  types?: RegExp,
  cell = EVENTS,
): Promise<Recorded[]> {
  await notebook.run(cell);
  const events = JSON.parse(await notebook.printed(cell)) as Recorded[];
  return events.filter((event) => types?.test(event.event_type) ?? true);
}
