import { webkitPaths } from "../../scripts/lib/browsers.mjs";
import { describeBrowser } from "./support/cases";
import { startWebkit } from "./support/webkit";

const paths = webkitPaths();
describeBrowser("WebKitGTK", paths === undefined ? undefined : () => startWebkit(paths));
