/** `npm run docs:pictures`: records the animated picture of README.md from a real JupyterLab. */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config";

export default defineConfig({ ...config, testDir: "pictures", retries: 0 });
