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
export { Audio, Image, Video, type MediaClass, type MediaMethods } from "./controls/media";
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
export { Layout, type LayoutOptions, type LayoutTraits } from "./generated/layout";
export { Output } from "./output";
