/**
 * The kernel side of the ipywidgets protocol: the base classes of widgets, the hooks through which
 * a class takes part, and the interfaces to the kernel and the runtime. Importing this registers
 * neither.
 */
export { ANYWIDGET, AnyWidget } from "./anyWidget";
export type { ModuleAddress, ModuleSource } from "./moduleSource";
export { CommManager, type AcceptComm, type CommCarrier, type CommPeer } from "./comm";
export { DOMWidget, type DOMWidgetOptions } from "./domWidget";
export { errorText } from "./errorText";
export {
  DETAILS,
  encodeBundle,
  getKernel,
  hasKernel,
  isCaptured,
  registerKernel,
  explainMissingKernel,
  unregisterKernel,
  type Comm,
  type CommOptions,
  type DisplayOptions,
  type Kernel,
  type MimeBundle,
  type OutputSink,
  type Peer,
} from "./kernel";
export {
  findWidget,
  followCells,
  openWidget,
  openWidgets,
  releaseOutputs,
  type OpenWidget,
} from "./openWidgets";
export { Output } from "./output";
export { acceptPageWidgets } from "./pageWidgets";
export {
  displayMethodOf,
  SELF_SHOWING,
  showBundle,
  showValue,
  type DisplayPlace,
} from "./showValue";
export {
  installWidgetRuntime,
  portableRuntime,
  widgetRuntime,
  type WidgetRuntime,
} from "./runtime";
export {
  boolean,
  checked,
  dict,
  fromKernelOnly,
  integer,
  nullable,
  number,
  oneOf,
  string,
  trait,
  type Trait,
  type TraitTable,
} from "./traits";
export { Widget, type Change, type MessageCallback, type WidgetOptions } from "./widget";
export {
  defineTraits,
  identityTraits,
  reference,
  withTraits,
  type WidgetClass,
  type WidgetIdentity,
} from "./widgetClass";
export { CONTROL_TARGET, registerWidgetControl } from "./widgetControl";
export * from "./widgetHooks";
