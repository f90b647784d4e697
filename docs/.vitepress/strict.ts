/** A Vite plugin: a warning fails the build. */
import type { Plugin } from "vitepress";

/** Returns the plugin, and what throws at the end of a build if there was a warning. */
export function strict(): { readonly plugin: Plugin; readonly check: () => void } {
  const warnings: string[] = [];
  return {
    plugin: {
      name: "strict",
      apply: "build",
      configResolved({ logger }) {
        for (const name of ["warn", "warnOnce"] as const) {
          const report = logger[name].bind(logger);
          logger[name] = (message, options) => {
            warnings.push(message);
            report(message, options);
          };
        }
      },
    },
    check() {
      if (warnings.length > 0) throw new Error(`expected no warning, got ${warnings.length}`);
    },
  };
}
