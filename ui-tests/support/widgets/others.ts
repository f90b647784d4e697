import { type Locator, type Page, expect } from "@playwright/test";
import { drag, placeOf } from "./gestures";
import type { Trial, Trials } from "./trial";

/** A picture of one red pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

/** Two sliders that a link connects. */
const linked = (name: string): Trial => ({
  make: `(() => {
    const [source, target] = [new all.IntSlider({ max: 7 }), new all.IntSlider({ max: 7 })];
    new all.${name}({ source: [source, "value"], target: [target, "value"] });
    return new all.VBox([source, target]);
  })()`,
  operate: async (widget) => {
    await drag(widget.locator(".widget-slider").first(), "right");
    await expect(widget.locator(".widget-readout").last()).toHaveText("7");
  },
  read: "w.children.map((slider) => (slider as all.IntSlider).value)",
  value: [7, 7],
});

/**
 * A style's trial: the part that it styles looks as it says.
 *
 * @param widget - The class that has the style.
 * @param css - The property of CSS, and its value there.
 */
const styled = (
  style: string,
  widget: string,
  attribute: readonly [name: string, value: string],
  css: readonly [property: string, value: string],
  part: (widget: Locator) => Locator = (whole) => whole,
): Trial => ({
  make: `new all.${widget}({ description: "styled" })`,
  then: `w.style = new all.${style}({ ${attribute[0]}: "${attribute[1]}" })`,
  operate: (whole) => expect(part(whole)).toHaveCSS(...css),
  read: `w.style.${attribute[0]}`,
  value: attribute[1],
});

const RED = ["background-color", "rgb(255, 0, 0)"] as const;
const within = (selector: string) => (widget: Locator) => widget.locator(selector).first();

/** The page gets a gamepad, whose first button is pressed. */
function connectGamepad(page: Page): Promise<void> {
  return page.evaluate(() => {
    const pad = {
      ...{ id: "A gamepad", index: 0, mapping: "standard", connected: true, timestamp: 1 },
      buttons: [
        { value: 1, pressed: true },
        { value: 0, pressed: false },
      ],
      axes: [0.5],
    };
    navigator.getGamepads = () => [pad as unknown as Gamepad];
  });
}

/** Pictures, films and sounds, gamepads, links, layouts and styles. */
export const OTHERS: Trials = {
  Image: {
    make: "new all.Image({ width: 20 })",
    then: `w.value = Buffer.from("${PNG}", "base64")`,
    operate: async (widget) => {
      await expect(widget).toHaveJSProperty("naturalWidth", 1);
      expect((await placeOf(widget)).width).toBe(20);
    },
    read: "w.format",
    value: "png",
  },
  Video: {
    make: 'all.Video.from_url("data:video/mp4;base64,", { width: 100 })',
    operate: (widget) =>
      expect(widget.locator("source").or(widget)).toHaveAttribute("src", /^data:video/),
    read: "w.format",
    value: "url",
  },
  Audio: {
    make: "new all.Audio({ format: 'wav', autoplay: false })",
    then: "w.value = new Uint8Array([1, 2, 3])",
    operate: async (widget) => {
      const length = async (): Promise<number> =>
        widget.evaluate(async (audio) =>
          fetch((audio as HTMLAudioElement).src).then(async (file) => (await file.blob()).size),
        );
      await expect.poll(length).toBe(3);
    },
    read: "w.value.length",
    value: 3,
  },
  RemoteFrameBuffer: {
    make: `((): all.RemoteFrameBuffer & { pressed: number[] } => {
      class Dot extends all.RemoteFrameBuffer {
        pressed: number[] = [];
        get_frame() { return { data: new Uint8Array(40 * 20).fill(90), shape: [20, 40] }; }
        handle_event(event: all.RfbEvent) {
          if (event.event_type === "pointer_down") this.pressed.push(event.x, event.y);
        }
      }
      return new Dot({ css_width: "40px", css_height: "20px" });
    })()`,
    operate: async (widget) => {
      await widget.scrollIntoViewIfNeeded();
      const { x, y } = await placeOf(widget.locator("canvas"));
      await widget.page().mouse.click(x + 10, y + 8);
    },
    read: "w.pressed",
    value: [10, 8],
  },
  Controller: {
    make: "new all.Controller()",
    operate: async (widget) => {
      await expect(widget).toHaveText("Connect gamepad and press any button.");
      await connectGamepad(widget.page());
      await expect(widget).toContainText("A gamepad");
      await expect(widget.locator(".widget-controller-button")).toHaveCount(2);
    },
    read: "[w.connected, ...w.buttons.map(({ value }) => value), ...w.axes.map(({ value }) => value)]",
    value: [true, 1, 0, 0.5],
  },
  ControllerButton: {
    make: "new all.ControllerButton()",
    then: "w.value = 0.5",
    operate: (widget) => expect(widget.locator("div div")).toHaveAttribute("style", /height: 50%/),
    value: 0.5,
  },
  ControllerAxis: {
    make: "new all.ControllerAxis()",
    then: "w.value = 1",
    operate: (widget) => expect(widget.locator("div div")).toHaveAttribute("style", /top: 100%/),
    value: 1,
  },
  Link: linked("Link"),
  DirectionalLink: linked("DirectionalLink"),
  Layout: {
    make: "new all.Label({ value: 'framed' })",
    then: "w.layout = new all.Layout({ border: '2px solid red', width: '300px' })",
    operate: async (widget) => {
      await expect(widget).toHaveCSS("border", "2px solid rgb(255, 0, 0)");
      await expect(widget).toHaveCSS("width", "300px");
    },
    read: "w.layout.width",
    value: "300px",
  },
  ButtonStyle: styled("ButtonStyle", "Button", ["button_color", "red"], RED),
  CheckboxStyle: styled("CheckboxStyle", "Checkbox", ["background", "red"], RED),
  DescriptionStyle: styled(
    "DescriptionStyle",
    "Dropdown",
    ["description_width", "120px"],
    ["width", "120px"],
    within("label"),
  ),
  HTMLStyle: styled("HTMLStyle", "HTML", ["background", "red"], RED),
  HTMLMathStyle: styled("HTMLMathStyle", "HTMLMath", ["background", "red"], RED),
  LabelStyle: styled("LabelStyle", "Label", ["background", "red"], RED),
  ProgressStyle: styled(
    "ProgressStyle",
    "IntProgress",
    ["bar_color", "red"],
    RED,
    within(".progress-bar"),
  ),
  SliderStyle: styled(
    "SliderStyle",
    "IntSlider",
    ["handle_color", "red"],
    RED,
    within(".noUi-handle"),
  ),
  TextStyle: styled("TextStyle", "Text", ["background", "red"], RED, within("input")),
  ToggleButtonStyle: styled(
    "ToggleButtonStyle",
    "ToggleButton",
    ["font_weight", "bold"],
    ["font-weight", "700"],
  ),
  ToggleButtonsStyle: {
    make: 'new all.ToggleButtons({ options: ["x", "y"] })',
    then: 'w.style = { button_width: "77px" }',
    operate: (widget) => expect(widget.locator("button").first()).toHaveCSS("width", "77px"),
    read: "w.style instanceof all.ToggleButtonsStyle",
    value: true,
  },
};
