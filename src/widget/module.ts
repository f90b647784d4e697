/** The names under which the kernel side finds the classes of this folder. */

/** The package's name, which is the widgets' module. */
export const MODULE_NAME = "jupyter-rfb-ts";
/** The version of the widgets' module: that of the package. A test compares them. */
export const MODULE_VERSION = "0.1.0";
/** The versions that the kernel side asks for. */
export const MODULE_VERSION_RANGE = "^0.1.0";
