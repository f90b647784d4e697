/** The name and version under which the kernel refers to the classes of this folder. */

/** The widgets' module: the package's name. */
export const MODULE_NAME = "jupyter-rfb-ts";
/** The version of the widgets' module. A test compares it with the package's version. */
export const MODULE_VERSION = "0.1.0";
/** The versions that the kernel requests. */
export const MODULE_VERSION_RANGE = "^0.1.0";
