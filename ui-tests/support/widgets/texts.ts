import { expect } from "@playwright/test";
import { type, typeParts } from "./gestures";
import type { Trials } from "./trial";

/** Texts, buttons, files, dates, times and colors. */
export const TEXTS: Trials = {
  Text: { make: "new all.Text()", operate: type("hello"), value: "hello" },
  Textarea: { make: "new all.Textarea()", operate: type("hi", "textarea"), value: "hi\n" },
  Password: { make: "new all.Password()", operate: type("secret"), value: "secret" },
  Combobox: {
    make: 'new all.Combobox({ options: ["Paris", "Rome"], ensure_option: true })',
    operate: type("Rome"),
    value: "Rome",
  },
  Label: {
    make: "new all.Label()",
    then: 'w.value = "a label"',
    operate: (widget) => expect(widget).toHaveText("a label"),
    value: "a label",
  },
  HTML: {
    make: "new all.HTML()",
    then: 'w.value = "<b>bold</b>"',
    operate: (widget) => expect(widget.locator("b")).toHaveText("bold"),
    value: "<b>bold</b>",
  },
  HTMLMath: {
    make: "new all.HTMLMath()",
    then: 'w.value = "<i>$x^2$</i>"',
    operate: (widget) => expect(widget.locator("i mjx-container")).toBeVisible(),
    value: "<i>$x^2$</i>",
  },
  Checkbox: {
    make: 'new all.Checkbox({ description: "on" })',
    operate: async (widget) => {
      const box = widget.getByLabel("on");
      await box.click();
      await box.press(" ");
      await expect(box).not.toBeChecked();
      await box.press(" ");
    },
    value: true,
  },
  ToggleButton: {
    make: 'new all.ToggleButton({ description: "on" })',
    operate: (widget) => widget.click(),
    value: true,
  },
  Valid: {
    make: "new all.Valid()",
    then: "w.value = true",
    operate: (widget) => expect(widget.locator(".fa-check")).toBeVisible(),
    value: true,
  },
  Button: {
    make: 'new all.Button({ description: "go", tooltip: "", icon: "check" })',
    then: "w.on_click((button) => { button.tooltip += `${button.description} `; })",
    operate: async (widget) => {
      await widget.click();
      await widget.press("Enter");
    },
    read: "w.tooltip",
    value: "go go ",
  },
  FileUpload: {
    make: "new all.FileUpload({ multiple: true })",
    operate: async (widget) => {
      const [chooser] = await Promise.all([
        widget.page().waitForEvent("filechooser"),
        widget.click(),
      ]);
      await chooser.setFiles([
        { name: "a.bin", mimeType: "", buffer: Buffer.from([0, 1, 255]) },
        { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("b") },
      ]);
      await expect(widget).toHaveText("Upload (2)");
    },
    read: "w.value.map(({ name, content }) => [name, ...content])",
    value: [
      ["a.bin", 0, 1, 255],
      ["b.txt", 98],
    ],
  },
  DatePicker: {
    make: "new all.DatePicker({ min: new Date(2020, 1, 1) })",
    operate: async (widget) => {
      await typeParts("01012001")(widget);
      await expect(widget.locator("input")).toHaveValue("2020-02-01");
      await typeParts("02292024")(widget);
    },
    read: "[w.value?.getTime()]",
    // The kernel's time zone is the test's.
    value: [new Date(2024, 1, 29).getTime()],
  },
  TimePicker: {
    make: "new all.TimePicker()",
    operate: typeParts("0930PM"),
    value: { hours: 21, minutes: 30, seconds: 0, milliseconds: 0 },
  },
  DatetimePicker: {
    make: "new all.DatetimePicker()",
    operate: typeParts("02292024", "0930PM"),
    read: "[w.value?.getTime()]",
    value: [new Date(2024, 1, 29, 21, 30).getTime()],
  },
  NaiveDatetimePicker: {
    make: "new all.NaiveDatetimePicker()",
    operate: typeParts("02292024", "0930PM"),
    read: "[w.value?.getDate(), w.value?.getHours()]",
    value: [29, 21],
  },
  ColorPicker: {
    make: 'new all.ColorPicker({ value: "red" })',
    operate: async (widget) => {
      for (const [text, shown] of [
        ["no color", "#ff0000"],
        ["tomato", "#ff6347"],
      ] as const) {
        await type(text, "[type=text]")(widget);
        // In a notebook, Return doesn't end the input.
        await widget.locator("[type=text]").press("Tab");
        await expect(widget.locator("[type=color]")).toHaveValue(shown);
      }
    },
    value: "tomato",
  },
};
