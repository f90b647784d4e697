/**
 * The core widgets of ipywidgets (@jupyter-widgets/base, controls and output) as classes with typed
 * attributes, such as `new HBox({ children: [new IntSlider({ max: 10 })] })`. They are generated
 * from the published model spec.
 */
export * from "./generated/coreWidgets";
export { Layout, type LayoutOptions, type LayoutTraits } from "./generated/layout";
export { Output } from "./output";
