import { dragAndPress, dragBothAndPress, typeTags } from "./gestures";
import type { Trials } from "./trial";

/** Widgets to choose with, and lists of tags. */
export const CHOICES: Trials = {
  Dropdown: {
    make: "new all.Dropdown({ options: { one: 1, two: 2, three: 3 } })",
    operate: async (widget) => {
      await widget.locator("select").selectOption("two");
      await widget.locator("select").press("End");
    },
    read: "[w.value, w.label, w.index]",
    value: [3, "three", 2],
  },
  Select: {
    make: 'new all.Select({ options: ["x", "y", "z"] })',
    operate: async (widget) => {
      await widget.getByText("y").click();
      await widget.locator("select").press("End");
    },
    value: "z",
  },
  RadioButtons: {
    make: 'new all.RadioButtons({ options: [["one", 1], ["two", 2]] })',
    operate: (widget) => widget.getByLabel("two").click(),
    value: 2,
  },
  ToggleButtons: {
    make: 'new all.ToggleButtons({ options: ["x", "y"] })',
    operate: (widget) => widget.getByRole("button", { name: "y" }).click(),
    value: "y",
  },
  SelectionSlider: {
    make: 'new all.SelectionSlider({ options: ["x", "y", "z"] })',
    operate: dragAndPress,
    value: "y",
  },
  SelectionRangeSlider: {
    make: 'new all.SelectionRangeSlider({ options: ["a", "b", "c", "d"], index: [1, 2] })',
    operate: dragBothAndPress,
    value: ["a", "c"],
  },
  SelectMultiple: {
    make: "new all.SelectMultiple({ options: [1, 2, 3] })",
    operate: async (widget) => {
      await widget.getByText("1").click();
      await widget.getByText("3").click({ modifiers: ["ControlOrMeta"] });
    },
    value: [1, 3],
  },
  TagsInput: { make: "new all.TagsInput()", operate: typeTags("one", "two"), value: ["two"] },
  ColorsInput: { make: "new all.ColorsInput()", operate: typeTags("red", "#00f"), value: ["#00f"] },
  IntsInput: { make: "new all.IntsInput()", operate: typeTags("1", "-2"), value: [-2] },
  FloatsInput: { make: "new all.FloatsInput()", operate: typeTags("1", "2.5"), value: [2.5] },
};
