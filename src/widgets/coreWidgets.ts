/**
 * The core widgets of ipywidgets (@jupyter-widgets/base, controls and output) as classes with typed
 * attributes, such as `new HBox({ children: [new IntSlider({ max: 10 })] })`. They are generated
 * from the published model spec.
 */
export * from "./generated/coreWidgets";
// A name that is exported here takes the place of the generated class.
export {
  BoundedFloatText,
  BoundedIntText,
  FloatLogSlider,
  FloatProgress,
  FloatRangeSlider,
  FloatSlider,
  IntProgress,
  IntRangeSlider,
  IntSlider,
  Play,
} from "./controls/bounded";
export { Accordion, Box, GridBox, HBox, Stack, Tab, VBox } from "./controls/boxes";
export { Button } from "./controls/button";
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
export { Layout, type LayoutOptions, type LayoutTraits } from "./generated/layout";
export { display } from "./display";
export { progress, type ProgressItems } from "./progress/progress";
export type { ProgressBar, ProgressOptions } from "./progress/progressBar";
export { Output, type Captured, type CaptureOptions, type ClearOptions } from "./output";
