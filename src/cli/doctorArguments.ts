/** The options of `doctor`. */
import { string } from "../protocol/checks";
import { defineCommand } from "./commandSyntax";
import { checked, option } from "./optionTable";

/** Names the Python that runs Jupyter. */
export const PYTHON_OPTION = option(
  "PY",
  "the Python that runs Jupyter (by default python3; python on Windows)",
  checked({ ...string(1), expected: "a program" }),
);

/** The syntax of `doctor`. */
export const DOCTOR_SYNTAX = defineCommand({
  name: "doctor",
  summary: "report what works here: kernel, extension, image and video encoders, web server",
  description:
    "Reports what works here: kernel, extension, image and video encoders, web server.\n" +
    "It looks for kernel and extension where --sys-prefix and --user install them.",
  options: { python: PYTHON_OPTION },
});
