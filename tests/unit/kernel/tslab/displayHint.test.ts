import { describe, expect, it } from "vitest";
import { callsTslabDisplay } from "../../../../src/kernel/tslab/displayHint";

/** What tslab exports. */
const tslabDisplay = { html: () => undefined };

describe("a call of tslab's display", () => {
  it.each([
    ['import { display } from "tslab";\ndisplay(button);', {}],
    ["import { newDisplay, display } from 'tslab'; display (button)", {}],
    ['import * as tslab from "tslab"; tslab.display(button)', {}],
    ["display(button)", { display: tslabDisplay }],
  ])("is noticed: %s", (code, names) => {
    expect(callsTslabDisplay(code, names)).toBe(true);
  });

  it.each([
    ['import { display } from "jupyter-rfb-ts"; display(button)', {}],
    ["display(button)", { display: () => undefined }],
    ["display(button)", {}],
    ['import { display } from "tslab"; display.html("<b>bold</b>")', {}],
    ["page.display(button)", { display: tslabDisplay }],
    ["nothing()", { display: tslabDisplay }],
  ])("is none: %s", (code, names) => {
    expect(callsTslabDisplay(code, names)).toBe(false);
  });
});
