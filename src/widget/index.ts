/** The browser entry of the package: the widget's model and view. */
export { RemoteFrameBufferModel } from "./model";
export { MODULE_NAME, MODULE_VERSION } from "./module";
export { RemoteFrameBufferView } from "./view";
