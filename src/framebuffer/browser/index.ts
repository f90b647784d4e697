/** The producing end with a browser's runtime: frames are drawn and encoded in the page itself. */
export * from "../index";
export { browserRuntime } from "./runtime";
