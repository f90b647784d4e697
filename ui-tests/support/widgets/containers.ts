import { type Locator, expect } from "@playwright/test";
import { dragAndPress, placesOf } from "./gestures";
import type { Trial, Trials } from "./trial";

const LABELS = 'new all.Label({ value: "a" }), new all.Label({ value: "b" })';

/** An expression that creates buttons with these texts. */
const button = (text: string): string => `new all.Button({ description: "${text}" })`;

async function expectBeside(widget: Locator): Promise<void> {
  const [a, b] = await placesOf(widget, "a", "b");
  expect([b?.y, (b?.x ?? 0) > (a?.x ?? 0)]).toEqual([a?.y, true]);
}

async function expectBelow(widget: Locator): Promise<void> {
  const [a, b] = await placesOf(widget, "a", "b");
  expect([b?.x, (b?.y ?? 0) > (a?.y ?? 0)]).toEqual([a?.x, true]);
}

const box = (name: string, operate: Trial["operate"], options = "{}"): Trial => ({
  make: `new all.${name}([], ${options})`,
  then: `w.children = [${LABELS}]`,
  operate,
  read: "w.children.length",
  value: 2,
});

/** Containers with pages: a person shows the second. */
const pages = (name: string): Trial => ({
  make: `new all.${name}([${LABELS}], { titles: ["A", "B"], selected_index: 0 })`,
  then: 'w.set_title(1, "Second")',
  operate: async (widget) => {
    await expect(widget.getByText("a", { exact: true })).toBeVisible();
    await widget.getByText("Second").click();
    await expect(widget.getByText("b", { exact: true })).toBeVisible();
    await expect(widget.getByText("a", { exact: true })).toBeHidden();
  },
  read: "w.selected_index",
  value: 1,
});

/** Containers, and widgets that show what code does. */
export const CONTAINERS: Trials = {
  Box: box("Box", expectBeside),
  HBox: box("HBox", expectBeside),
  VBox: box("VBox", expectBelow),
  GridBox: box("GridBox", expectBelow, '{ layout: { grid_template_columns: "50px" } }'),
  Tab: pages("Tab"),
  Accordion: pages("Accordion"),
  Stack: {
    make: `new all.Stack([${LABELS}], { selected_index: 0 })`,
    then: "w.selected_index = 1",
    operate: async (widget) => {
      await expect(widget.getByText("b", { exact: true })).toBeVisible();
      await expect(widget.getByText("a", { exact: true })).toBeHidden();
    },
    read: "w.selected_index",
    value: 1,
  },
  AppLayout: {
    make: `new all.AppLayout({ header: ${button("header")}, left_sidebar: ${button("left")},
      center: ${button("center")}, right_sidebar: ${button("right")},
      pane_widths: ["150px", 1, "150px"], height: "200px" })`,
    then: `w.footer = ${button("footer")}`,
    operate: async (widget) => {
      const [header, left, center, right, footer] = await placesOf(
        widget,
        ...["header", "left", "center", "right", "footer"],
      );
      expect([left?.x, footer?.x]).toEqual([header?.x, header?.x]);
      expect([center?.y, right?.y]).toEqual([left?.y, left?.y]);
      const columns = [left?.x ?? 0, center?.x ?? 0, right?.x ?? 0];
      const rows = [header?.y ?? 0, center?.y ?? 0, footer?.y ?? 0];
      for (const list of [columns, rows]) expect(list).toEqual([...list].sort((a, b) => a - b));
      expect(new Set([...columns, ...rows]).size).toBe(6);
    },
    read: "w.children.length",
    value: 5,
  },
  GridspecLayout: {
    make: 'new all.GridspecLayout(2, 2, { width: "400px", height: "100px" })',
    then: `w.set(0, [0, 2], ${button("top")}); w.set(1, 1, ${button("corner")})`,
    operate: async (widget) => {
      const [top, corner] = await placesOf(widget, "top", "corner");
      expect((corner?.x ?? 0) - (top?.x ?? 0)).toBeGreaterThan(190);
      expect((corner?.y ?? 0) - (top?.y ?? 0)).toBeGreaterThan(40);
    },
    read: "w.children.length",
    value: 2,
  },
  TwoByTwoLayout: {
    make: `new all.TwoByTwoLayout({ top_left: ${button("one")}, bottom_left: ${button("two")},
      merge: false, width: "400px", height: "100px" })`,
    then: `w.bottom_right = ${button("three")}`,
    operate: async (widget) => {
      const [one, two, three] = await placesOf(widget, "one", "two", "three");
      expect([two?.x, three?.y]).toEqual([one?.x, two?.y]);
      expect(two?.y).toBeGreaterThan(one?.y ?? 0);
      expect(three?.x).toBeGreaterThan(two?.x ?? 0);
    },
    read: "w.children.length",
    value: 3,
  },
  Output: {
    make: "new all.Output()",
    then: `w.capture(() => {
      console.log("captured");
      all.display({ "text/html": "<b>html</b>" }, new all.Checkbox({ description: "inside" }));
      throw new Error("thrown");
    })`,
    operate: async (widget) => {
      await expect(widget).toContainText("captured");
      await expect(widget.locator("b")).toHaveText("html");
      await expect(widget.getByLabel("inside")).toBeVisible();
      await expect(widget).toContainText("Error: thrown");
    },
    read: "w.outputs.length",
    value: 4,
  },
  Interactive: {
    make: "all.interactive(({ n }) => { console.log('n is', n); return -n; }, { n: [0, 10] })",
    operate: async (widget) => {
      await dragAndPress(widget);
      await expect(widget).toContainText("n is 9");
    },
    read: "w.result",
    value: -9,
  },
};
