import { firefoxPath } from "../../scripts/lib/browsers.mjs";
import { describeBrowser } from "./support/cases";
import { startFirefox } from "./support/firefox";

const path = firefoxPath();
describeBrowser("Firefox", path === undefined ? undefined : () => startFirefox(path));
