/** Every widget class in a notebook: shown, operated by mouse and keyboard, read in the kernel. */
import { expect } from "@playwright/test";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";
import { CHOICES } from "../support/widgets/choices";
import { CONTAINERS } from "../support/widgets/containers";
import { NUMBERS } from "../support/widgets/numbers";
import { OTHERS } from "../support/widgets/others";
import { TEXTS } from "../support/widgets/texts";
import type { Trial, Trials } from "../support/widgets/trial";

const TRIALS: Trials = { ...NUMBERS, ...CHOICES, ...TEXTS, ...CONTAINERS, ...OTHERS };

/** Classes that have no trial: base classes, and other names of a class. */
const NOT_TRIED = ["AnyWidget", "DOMWidget", "Datetime", "NaiveDatetime", "Time", "Widget"];

const map = (code: (name: string, trial: Trial) => string): string[] =>
  Object.entries(TRIALS).map(([name, trial]) => code(name, trial));

/** A function of the widget in a trial. */
const about = (name: string, code: string): string => `((w) => ${code})(w${name})`;

const IMPORT = 'import * as all from "jupyter-rfb-ts";';
const [IMPORTED, SHOWN, CHANGED, READ] = [0, 1, 2, 3];
const cells = [
  `${IMPORT}
  console.log(Object.entries(all)
    .filter(([, value]) => [value, Object(value).prototype].some((one) => all.Widget === one || one instanceof all.Widget))
    .map(([name]) => name).join());`,
  `${map((name, { make }) => `const w${name} = ${make};`).join("\n")}
  new all.VBox([${map((name) => `w${name}.add_class("trial-${name}")`).join(", ")}])`,
  map((name, { then }) => (then === undefined ? "" : `${about(name, `{ ${then} }`)};`)).join("\n"),
  `console.log(JSON.stringify({
    ${map((name, { read = "w.value" }) => `${name}: ${about(name, read)}`).join(",\n")}
  }));`,
];

labTest("every widget shows, and is operated, as in Python", async ({ page, tmpPath }) => {
  labTest.setTimeout(120_000);
  const path = `${tmpPath}/widgets.ipynb`;
  writeNotebook(path, cells);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(IMPORTED);
  const exported = (await notebook.printed(IMPORTED)).trim().split(",");
  expect([...NOT_TRIED, ...Object.keys(TRIALS)].sort()).toEqual(exported.sort());

  await notebook.run(SHOWN);
  await notebook.run(CHANGED);
  const printed = async (): Promise<string> =>
    (await notebook.printed(SHOWN)) + (await notebook.printed(CHANGED));
  expect(await printed()).toBe("");
  for (const [name, { operate }] of Object.entries(TRIALS)) {
    await labTest.step(name, () => operate(notebook.output(SHOWN).locator(`.trial-${name}`)));
  }
  const values = async (): Promise<unknown> => {
    await notebook.run(READ);
    return JSON.parse(await notebook.printed(READ)) as unknown;
  };
  const expected = Object.entries(TRIALS).map(([name, { value }]) => [name, value] as const);
  await expect.poll(values).toEqual(Object.fromEntries(expected));
  expect(await printed()).toBe("");
});
