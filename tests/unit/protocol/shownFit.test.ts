import { expect, it } from "vitest";
import { shownFit } from "../../../src/protocol/shownFit";

const element = { width: 333, height: 111, pwidth: 500, pheight: 167, ratio: 1.5 };

it("fills the element with a frame of its physical size, and follows the user otherwise", () => {
  for (const fit of ["contain", "cover", "fill"] as const) {
    expect(shownFit(fit, element, { width: 500, height: 167 })).toBe("fill");
    expect(shownFit(fit, element, { width: 500, height: 166 })).toBe(fit);
    expect(shownFit(fit, element, { width: 499, height: 167 })).toBe(fit);
    expect(shownFit(fit, element, undefined)).toBe(fit);
    expect(shownFit(fit, undefined, { width: 500, height: 167 })).toBe(fit);
  }
});
