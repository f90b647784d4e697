/**
 * The core widgets of ipywidgets (@jupyter-widgets/base, controls and output) as classes with typed
 * attributes, such as `new HBox({ children: [new IntSlider({ max: 10 })] })`. They are generated
 * from the published model spec.
 */
export * from "./generated/coreWidgets";
// A name that is exported here takes the place of the generated class.
export { AppLayout, type AppLayoutTraits, type PaneSizes } from "./controls/appLayout";
export {
  BoundedFloatText,
  BoundedIntText,
  DatePicker,
  DatetimePicker,
  DatetimePicker as Datetime,
  FloatLogSlider,
  FloatProgress,
  FloatRangeSlider,
  FloatSlider,
  IntProgress,
  IntRangeSlider,
  IntSlider,
  NaiveDatetimePicker,
  NaiveDatetimePicker as NaiveDatetime,
  Play,
  TimePicker,
  TimePicker as Time,
  type RangeEnds,
} from "./controls/bounded";
export { Box, GridBox, HBox, VBox } from "./controls/boxes";
export { Button } from "./controls/button";
export {
  GridspecLayout,
  type GridCells,
  type GridspecLayoutOptions,
} from "./controls/gridspecLayout";
export { dlink, link, type KernelLink, type LinkTransform } from "./controls/kernelLinks";
export { Audio, Image, Video, type MediaClass, type MediaMethods } from "./controls/media";
export type { TraitName, TraitNameFor } from "./controls/linkEnd";
export { DirectionalLink, jsdlink, jslink, Link } from "./controls/pageLinks";
export { Accordion, Stack, Tab, type PageMethods } from "./controls/pages";
export {
  Dropdown,
  RadioButtons,
  Select,
  SelectionRangeSlider,
  SelectionSlider,
  SelectMultiple,
  ToggleButtons,
  type Choices,
  type ChoiceValue,
  type OneSelected,
  type SeveralSelected,
} from "./controls/selection";
export { ColorsInput, FloatsInput, IntsInput, TagsInput } from "./controls/tags";
export type { TemplateOptions, TemplateTraits } from "./controls/template";
export { TwoByTwoLayout, type TwoByTwoLayoutTraits } from "./controls/twoByTwoLayout";
export type { DatetimeValue, DateValue, TimeInput, TimeValue } from "./dateTraits";
export type { LayoutTraits } from "./generated/layout";
export { Layout, type LayoutOptions } from "./layout";
export type { UploadedFile } from "./uploadTrait";
export type { Abbreviation, Controls, ControlValue, ControlValues } from "./interact/controls";
export { choices, fixed, type Fixed } from "./interact/fixed";
export {
  interact,
  interact_manual,
  interactive,
  interactive_output,
  type InteractiveOutputOptions,
  type ValueWidgets,
} from "./interact/interact";
export { Interactive, type InteractOptions } from "./interact/interactive";
export { display } from "./display";
export { progress, type ProgressItems } from "./progress/progress";
export type { ProgressBar, ProgressOptions } from "./progress/progressBar";
export { Output, type Captured, type CaptureOptions, type ClearOptions } from "./output";
