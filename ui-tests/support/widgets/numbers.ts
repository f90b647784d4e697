import { type Locator, expect } from "@playwright/test";
import { dragAndPress, dragBothAndPress, type } from "./gestures";
import type { Trials } from "./trial";

const showsBar = (width: string) => (widget: Locator) =>
  expect(widget.locator(".progress-bar")).toHaveAttribute("style", new RegExp(`width: ${width}`));

/** Widgets for numbers. */
export const NUMBERS: Trials = {
  IntSlider: { make: "new all.IntSlider({ max: 10 })", operate: dragAndPress, value: 9 },
  FloatSlider: {
    make: "new all.FloatSlider({ max: 1, step: 0.1 })",
    operate: async (widget) => {
      await dragAndPress(widget);
      const readout = widget.locator(".widget-readout");
      await expect(readout).toHaveText("0.90");
      await readout.fill("0.5");
      await readout.press("Enter");
    },
    value: 0.5,
  },
  FloatLogSlider: {
    make: "new all.FloatLogSlider({ max: 3, step: 1 })",
    operate: dragAndPress,
    value: 100,
  },
  IntRangeSlider: {
    make: "new all.IntRangeSlider({ max: 10 })",
    operate: dragBothAndPress,
    read: "[w.lower, w.upper]",
    value: [0, 9],
  },
  FloatRangeSlider: {
    make: "new all.FloatRangeSlider({ max: 1, step: 0.25 })",
    operate: dragBothAndPress,
    value: [0, 0.75],
  },
  IntText: { make: "new all.IntText({ value: 5 })", operate: type("-12"), value: -12 },
  FloatText: { make: "new all.FloatText({ value: 5 })", operate: type("1.5"), value: 1.5 },
  BoundedIntText: {
    make: "new all.BoundedIntText({ max: 50 })",
    operate: async (widget) => {
      await type("70")(widget);
      await expect(widget.locator("input")).toHaveValue("50");
    },
    value: 50,
  },
  BoundedFloatText: {
    make: "new all.BoundedFloatText({ max: 5, step: 0.5 })",
    operate: async (widget) => {
      await type("2.5")(widget);
      await widget.locator("input").press("ArrowUp");
    },
    value: 3,
  },
  IntProgress: {
    make: "new all.IntProgress()",
    then: "w.value = 30",
    operate: showsBar("30%"),
    value: 30,
  },
  FloatProgress: {
    make: "new all.FloatProgress({ max: 1 })",
    then: "w.value = 0.25",
    operate: showsBar("25%"),
    value: 0.25,
  },
  Play: {
    make: "new all.Play({ interval: 10, max: 5 })",
    operate: (widget) => widget.locator("button").first().click(),
    value: 5,
  },
};
