import * as checks from "../protocol/checks";
import { trait, widgetRuntime, type Trait } from "../widgets";

const FRONTEND_CHOICES = ["own", "anywidget"] as const;

/** What shows a picture in a page: this package's extension, or its module for anywidget. */
export type FrontEndChoice = (typeof FRONTEND_CHOICES)[number];

const CHECK = checks.oneOf(FRONTEND_CHOICES);

/** Holds the default for all pictures. */
const VARIABLE = "JUPYTER_RFB_FRONT_END";

/** The choice, which only the kernel has. */
export function frontEndTrait(): Trait<FrontEndChoice> {
  return trait(
    () =>
      checks.checkValue(VARIABLE, widgetRuntime().environmentVariable(VARIABLE) || "own", CHECK),
    (value, name) => checks.checkValue(name, value, CHECK),
    { sync: false },
  );
}
