/** `npm run docs:pictures`: records the animated picture of README.md from a real JupyterLab. */
import config from "./playwright.config";

export default { ...config, testDir: "pictures", retries: 0 };
