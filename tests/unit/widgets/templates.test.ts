import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { type DOMWidget, openWidget, portableRuntime } from "../../../src/widgets";
import {
  AppLayout,
  Button,
  GridBox,
  GridspecLayout,
  IntSlider,
  Layout,
  TwoByTwoLayout,
  type AppLayoutTraits,
  type TwoByTwoLayoutTraits,
} from "../../../src/widgets/coreWidgets";
import { installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

let kernel: LoopbackKernel;

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), portableRuntime);
});

afterEach(removeKernel);

/** Options that fill places with buttons. */
function buttons<Name extends string>(...names: readonly Name[]): Record<Name, Button> {
  const entries = names.map((description) => [description, new Button({ description })]);
  return Object.fromEntries(entries) as Record<Name, Button>;
}

/** The names of the places, with "/" between the rows. */
const areas = ({ layout }: DOMWidget): string =>
  (layout.grid_template_areas ?? "").replaceAll('"', "").replaceAll("\n", " / ");

type AppPlace = Exclude<keyof AppLayoutTraits, "merge" | "pane_widths" | "pane_heights">;
type Corner = Exclude<keyof TwoByTwoLayoutTraits, "merge">;

describe("an AppLayout", () => {
  const all: readonly AppPlace[] = ["header", "left_sidebar", "center", "right_sidebar", "footer"];
  const [header, left, center, right, footer] = [
    ...["header", "left-sidebar", "center", "right-sidebar", "footer"],
  ];

  it("has a place for each widget", () => {
    const places = buttons(...all);
    const app = new AppLayout(places);
    expect(app).toBeInstanceOf(GridBox);
    expect(areas(app)).toBe(
      "header header header / left-sidebar center right-sidebar / footer footer footer",
    );
    expect(app.layout).toMatchObject({
      grid_template_columns: "1fr 2fr 1fr",
      grid_template_rows: "1fr 3fr 1fr",
    });
    expect(places.left_sidebar.layout.grid_area).toBe("left-sidebar");
    expect(new Set(app.children)).toEqual(new Set(Object.values(places)));
    openWidget(app);
    const model = kernel.frontend.models.get(app.model_id);
    expect(model).toMatchObject({ _model_name: "GridBoxModel" });
    expect(Object.keys(model ?? {})).not.toContain("header");
  });

  it.each<[readonly AppPlace[], string, string, string]>([
    [["center"], `${center} ${center} ${center}`, "1fr 2fr 1fr", "1fr 3fr 1fr"],
    [["header", "footer"], `${header} / ${footer}`, "1fr", "1fr 1fr"],
    [["header", "center"], "header header header / center center center", "1fr 2fr 1fr", "1fr 3fr"],
    [["left_sidebar", "right_sidebar"], `${left} ${right}`, "1fr 1fr", "3fr"],
    [["left_sidebar", "center"], `${left} ${center} ${center}`, "1fr 2fr 1fr", "3fr"],
    [["right_sidebar", "footer"], `${right} ${right} / footer footer`, "1fr 1fr", "3fr 1fr"],
  ])("of %j fills the empty places", (names, expected, columns, rows) => {
    const app = new AppLayout(buttons(...names));
    const shown = names.length === 1 ? Array(3).fill(expected).join(" / ") : expected;
    expect(areas(app)).toBe(shown);
    expect(app.layout).toMatchObject({
      grid_template_columns: columns,
      grid_template_rows: rows,
    });
  });

  it("leaves places empty on demand", () => {
    const app = new AppLayout({ ...buttons("center"), merge: false });
    expect(areas(app)).toContain("left-sidebar center right-sidebar");
    app.merge = true;
    expect(areas(app)).toBe(Array(3).fill("center center center").join(" / "));
  });

  it("follows changes of its places and sizes", () => {
    const app = new AppLayout({ ...buttons(...all), pane_widths: [1, "200px", "50%"] });
    expect(app.layout.grid_template_columns).toBe("1fr 200px 50%");
    app.pane_heights = [1, 1.5, "1fr"];
    expect(app.layout.grid_template_rows).toBe("1fr 1.5fr 1fr");
    app.footer = null;
    expect(areas(app)).toBe("header header header / left-sidebar center right-sidebar");
    expect(app.children).toHaveLength(4);
    expect(() => (app.pane_widths = ["1fr", "2em", 1])).toThrow(
      'pane_widths[1]: expected a size such as 2, "2fr", "100px" or "50%", got "2em"',
    );
    expect(() => (app.pane_widths = [1, 2] as never)).toThrow(
      "pane_widths: expected an array of three sizes, got [1, 2]",
    );
    expect(() => new AppLayout({ center: new Layout() as never })).toThrow(
      "center: expected a widget of class DOMWidget or null, got a Layout",
    );
    expectTypeOf(app.center).toEqualTypeOf<DOMWidget | null>();
  });

  it("passes its size and alignment on to its layout", () => {
    const app = new AppLayout({ height: "400px", align_items: "top", grid_gap: "10px" });
    expect(app.layout).toMatchObject({
      height: "400px",
      align_items: "flex-start",
      grid_gap: "10px",
      width: null,
    });
    app.align_items = "bottom";
    app.width = "50%";
    app.justify_content = "space-around";
    app.height = null;
    expect(app.layout).toMatchObject({
      align_items: "flex-end",
      width: "50%",
      justify_content: "space-around",
      height: null,
    });
    expect(new AppLayout({ layout: { width: "9px" } }).layout.width).toBe("9px");
    expect(() => (app.align_items = "middle" as never)).toThrow(RangeError);
  });
});

describe("a TwoByTwoLayout", () => {
  const every: readonly Corner[] = ["top_left", "top_right", "bottom_left", "bottom_right"];

  it.each<[readonly Corner[], string]>([
    [every, "top-left top-right / bottom-left bottom-right"],
    [["top_left"], "top-left top-left / top-left top-left"],
    [["top_left", "bottom_right"], "top-left bottom-right / top-left bottom-right"],
    [["top_left", "bottom_left"], "top-left top-left / bottom-left bottom-left"],
    [["top_left", "top_right", "bottom_left"], "top-left top-right / bottom-left top-right"],
  ])("of %j is filled", (names, expected) => {
    const box = new TwoByTwoLayout(buttons(...names));
    expect(areas(box)).toBe(expected);
    expect(box.children).toHaveLength(names.length);
    expect(box.layout.grid_template_columns).toBe("1fr 1fr");
  });

  it("leaves places empty on demand, and follows changes", () => {
    const box = new TwoByTwoLayout({ ...buttons("top_left"), merge: false });
    expect(areas(box)).toBe("top-left top-right / bottom-left bottom-right");
    box.bottom_right = new IntSlider();
    expect(box.children).toHaveLength(2);
    expect(box.bottom_right.layout.grid_area).toBe("bottom-right");
  });
});

describe("a GridspecLayout", () => {
  it("puts a widget at a place, or into a rectangle of places", () => {
    const { a, b, c } = buttons("a", "b", "c");
    const grid = new GridspecLayout(3, 4, { height: "300px" });
    grid.set(0, 1, a);
    grid.set([1, 3], [0, 2], b);
    grid.set([1], -1, c);
    expect(areas(grid)).toBe(
      ". widget001 . . / widget002 widget002 . widget003 / widget002 widget002 . widget003",
    );
    expect([a, b, c].map(({ layout }) => layout.grid_area)).toEqual([
      ...["widget001", "widget002", "widget003"],
    ]);
    expect(grid.layout).toMatchObject({
      grid_template_columns: "repeat(4, 1fr)",
      grid_template_rows: "repeat(3, 1fr)",
      height: "300px",
    });
    expect(grid.children).toEqual([a, b, c]);
    expect([grid.get(0, 1), grid.get(2, 0), grid.get([1, 3], [0, 2])]).toEqual([a, b, b]);
    expect(grid.get(0, 0)).toBeUndefined();
    expectTypeOf(grid.get(0, 0)).toEqualTypeOf<DOMWidget | undefined>();
    expect([grid.n_rows, grid.n_columns]).toEqual([3, 4]);
  });

  it("replaces what a widget overlaps, and moves a widget", () => {
    const { a, b } = buttons("a", "b");
    const grid = new GridspecLayout({ n_rows: 2, n_columns: 2 });
    grid.set([0], [0], a);
    grid.set(1, 1, b);
    expect(areas(grid)).toBe(". . / . widget002");
    expect(grid.children).toEqual([b]);
    grid.set(0, 0, b);
    expect(areas(grid)).toBe("widget003 . / . .");
    expect(grid.children).toEqual([b]);
  });

  it("says what is outside of it, and what isn't one widget", () => {
    const { a } = buttons("a");
    const grid = new GridspecLayout(2, 3);
    expect(() => grid.set(2, 0, a)).toThrow("rows: expected an integer from -2 to 1, got 2");
    expect(() => grid.set(0, [1, 4], a)).toThrow(
      "columns: expected an integer from -3 to 3, got 4",
    );
    expect(() => grid.set([1, 1], 0, a)).toThrow("rows: expected at least one of them, got [1, 1]");
    expect(() => grid.set(0, 0, 5 as never)).toThrow("widget: expected a widget, got 5");
    expect(grid.children).toEqual([]);
    grid.set(0, 0, a);
    expect(() => grid.get(0, [0, 2])).toThrow(
      "Cannot get one widget: there are several, or empty places next to it",
    );
    expect(() => new GridspecLayout(0, 1)).toThrow("n_rows: expected an integer >= 1, got 0");
    expect(() => new GridspecLayout({ n_rows: 1 } as never)).toThrow(
      "n_columns: expected an integer >= 1, got undefined",
    );
  });
});

describe("a layout's border", () => {
  it("stands for all four sides", () => {
    const layout = new Layout({ border: "1px solid red", border_top: "none" });
    expect(layout).toMatchObject({ border_left: "1px solid red", border_top: "none" });
    expect(layout.border).toBeNull();
    layout.border = "2px solid";
    expect([layout.border_top, layout.border]).toEqual(["2px solid", "2px solid"]);
    const slider = new IntSlider({ layout: { border: "1px dotted" } });
    expect(slider.layout.border_bottom).toBe("1px dotted");
  });
});
