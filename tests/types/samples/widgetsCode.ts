/** What users write with widgets, compiled as userCode.ts is. Never run. */
import {
  AppLayout,
  Audio,
  ColorPicker,
  DatePicker,
  DatetimePicker,
  dlink,
  Dropdown,
  FileUpload,
  FloatRangeSlider,
  GridspecLayout,
  HBox,
  Image,
  IntsInput,
  IntSlider,
  jsdlink,
  jslink,
  Label,
  link,
  Link,
  Play,
  RemoteFrameBuffer,
  Tab,
  TagsInput,
  Text,
  TimePicker,
  TwoByTwoLayout,
  Video,
  type DOMWidget,
  type KernelLink,
  type UploadedFile,
} from "jupyter-rfb-ts";

class Portrait extends Image {
  readonly sitter = "me";
}

class Plot extends RemoteFrameBuffer {
  override get_frame() {
    return null;
  }
}

const image: Image = Image.from_file("cat.png", { width: 300 });
const portrait: Portrait = Portrait.from_file("me.png");
const film: Video = Video.from_url("https://example.com/a.mp4", { loop: false });
const sound = new Audio({ value: Buffer.from([1]) });
image.set_value_from_file("dog.png");
// @ts-expect-error there is no such option
Image.from_file("cat.png", { autoplay: true });
// @ts-expect-error the bytes come from the file
Image.from_file("cat.png", { value: new Uint8Array() });

const upload = new FileUpload({ accept: ".csv", multiple: true });
const files: readonly UploadedFile[] = upload.value;
const lengths: number[] = files.map(({ content }) => content.byteLength);
const modified: Date | undefined = files[0]?.last_modified;
upload.value = [];

const day = new DatePicker({
  value: new Date(2024, 0, 31),
  max: { year: 2030, month: 0, date: 1 },
});
const dayOfMonth: number | undefined = day.value?.getDate();
const moment: Date | null = new DatetimePicker().value;
const time = new TimePicker({ value: "9:30" });
time.value = { hours: 1, minutes: 2 };
const hours: number | undefined = time.value?.hours;
const color: string = new ColorPicker({ value: "tomato" }).value;
// @ts-expect-error a date isn't text
day.value = "2024-01-31";

const range = new FloatRangeSlider({ value: [1, 2] });
const width: number = range.upper - range.lower;
const tags: readonly string[] = new TagsInput({ allowed_tags: ["a"] }).value;
const numbers: readonly number[] = new IntsInput({ min: 1 }).value;
// @ts-expect-error tags are texts
new TagsInput({ value: [1] });

const slider = new IntSlider({ layout: { width: "90%" }, style: { handle_color: "tomato" } });
slider.layout = { width: "50%", border: "1px solid" };
slider.style = { handle_color: "red" };
const border: string | null = slider.layout.border;
// @ts-expect-error there is no such style
new IntSlider({ style: { button_color: "red" } });
// @ts-expect-error there is no such attribute
slider.layout = { widht: "1px" };

const tab = new Tab([slider, new Label()], { titles: ["one", "two"] });
tab.set_title(0, "first");
const title: string = tab.get_title(1);

const app = new AppLayout({ header: new Label(), center: slider, pane_widths: [1, "2fr", "50px"] });
app.footer = null;
const center: DOMWidget | null = app.center;
const square = new TwoByTwoLayout({ top_left: slider, merge: false });
const grid = new GridspecLayout(2, 3, { height: "300px" });
grid.set(0, [1, 3], slider);
const found: DOMWidget | undefined = grid.get(-1, 0);
// @ts-expect-error there are three panes
app.pane_heights = [1, 2];
// @ts-expect-error there is no such place
new AppLayout({ top: slider });
// @ts-expect-error the number of columns is missing
new GridspecLayout({ n_rows: 2 });

const play = new Play();
const text = new Text();
const plot = new Plot();
const choice = new Dropdown({
  options: [
    ["small", 10],
    ["large", 100],
  ],
});
choice.value = 20;
choice.options = ["many", "few"];
const shades = new Dropdown({ options: ["red", "blue"] });
shades.options = ["green"];
shades.value = "green";
// @ts-expect-error the values are texts
shades.value = 5;
const connection: Link = jslink([play, "value"], [slider, "value"]);
connection.unlink();
jsdlink([play, "value"], [slider, "max"]).unlink();
const inKernel: KernelLink = link([play, "value"], [slider, "value"]);
inKernel.unlink();
link([slider, "value"], [text, "value"], [(value) => value.toFixed(1), (value) => Number(value)]);
dlink([choice, "value"], [slider, "max"], (value) => value ?? 0);
dlink([slider, "value"], [plot, "quality"]);
dlink([slider, "value"], [text, "value"], (value) => `at ${value}`);
// @ts-expect-error there is no such trait
jslink([play, "valeu"], [slider, "value"]);
// @ts-expect-error there is no such trait
link([play, "value"], [slider, "valeu"]);
// @ts-expect-error a method isn't a trait
dlink([play, "value"], [slider, "close"]);
// @ts-expect-error a number isn't a text
link([slider, "value"], [text, "value"]);
// @ts-expect-error the function doesn't return a text
dlink([slider, "value"], [text, "value"], (value) => value * 2);
// @ts-expect-error the value may be null
dlink([choice, "value"], [slider, "max"]);

const box = new HBox([image, film, sound, square]);
export { border, box, center, color, dayOfMonth, found, hours, lengths, modified, moment, numbers };
export { portrait, tags, title, width };
