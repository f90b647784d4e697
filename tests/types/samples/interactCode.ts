/** Code with interact(), Output, display() and progress(), compiled as userCode.ts is. Never run. */
import {
  choices,
  display,
  fixed,
  FloatSlider,
  interact,
  interact_manual,
  interactive,
  interactive_output,
  IntSlider,
  Output,
  progress,
  VBox,
} from "jupyter-rfb-ts";

const aWidget = new FloatSlider({ value: 0.5 });

const shown = interact(
  ({ freq, colour, on, n, name, w, day, x, level, size, mode }) => {
    const numbers: number = freq + n + w + x.length + level;
    const chosen: "red" | "blue" = colour;
    const flag: boolean = on;
    const date: Date | null = day;
    const factor: 1 | 2 | 4 = size;
    const label: string = name.toUpperCase();
    const which: "fast" | "slow" = mode;
    // @ts-expect-error the options are known
    const wrong: "green" = colour;
    return { numbers, chosen, flag, date, factor, label, wrong, which };
  },
  {
    freq: [1, 10, 0.1],
    colour: ["red", "blue"],
    on: true,
    n: 5,
    name: "text",
    w: aWidget,
    day: new Date(),
    x: fixed([1, 2, 3]),
    level: { low: 1, high: 2 },
    size: choices([1, 2, 4]),
    mode: [
      ["Fast", "fast"],
      ["Slow", "slow"],
    ],
  },
);
const factor: 1 | 2 | 4 | undefined = shown.result?.factor;
const speed: number | undefined = shown.kwargs.freq;

const later = interactive(async ({ n }) => n * 2, { n: [0, 10] }, { manual: true });
const doubled: number | undefined = later.result;
const updated: Promise<void> = later.update();

interact_manual(({ text }) => console.log(text.length), { text: "a" }, { manual_name: "Go" });

// A function that was written before.
function plot({ n, colour }: { n: number; colour: string }): void {
  console.log(n, colour);
}
interact(plot, { n: 5, colour: ["red", "blue"] });
// @ts-expect-error a check box gives no number
interact(plot, { n: true, colour: "red" });
// @ts-expect-error there is no such control
interact(({ m }) => m, { n: 5 });

const slider = new IntSlider();
const out: Output = interactive_output(({ a }) => a + 1, { a: slider }, { auto_display: true });

const value: number | undefined = out.capture(() => 5, { clear_output: true, wait: true });
const promised: Promise<string | undefined> = out.capture(async () => "text");
slider.observe(
  out.wrap(({ new: now }: { new: number }) => console.log(now)),
  "value",
);
out.append_display_data(slider);
out.append_display_data({ "text/html": "<b>hi</b>" });
out.clear_output({ wait: true });
display(new VBox([slider, out]), "text", { "image/png": new Uint8Array(1) });

async function work(): Promise<number> {
  let sum = 0;
  for await (const item of progress([1, 2, 3], { description: "Adding", unit: "number" })) {
    sum += item;
  }
  for (const [name, size] of progress(new Map([["a", 1]]), { leave: false })) {
    sum += name.length + size;
  }
  for await (const item of progress([Promise.resolve(1)])) sum += item;
  async function* later() {
    yield "text";
  }
  for await (const item of progress(later(), { total: 1 })) sum += item.length;
  // @ts-expect-error asynchronous items need `for await`
  for (const item of progress(later())) sum += item.length;
  const bar = progress(10);
  bar.update(5);
  bar.description = "Then";
  bar.close();
  return sum + bar.n + (bar.total ?? 0);
}

export { work };
export { doubled, factor, promised, speed, updated, value };
