/** The kernels and runtimes that the tests of widgets run on. */
import { nodeWidgetRuntime } from "../../src/kernel/node/nodeWidgetRuntime";
import {
  followCells,
  installWidgetRuntime,
  openWidgets,
  portableRuntime,
  registerKernel,
  unregisterKernel,
  widgetRuntime,
  type WidgetRuntime,
} from "../../src/widgets";
import { FakeKernel } from "./fakeKernel";
import { LoopbackKernel } from "./loopbackKernel";
import type { TestKernel } from "./testKernel";

export type { TestKernel } from "./testKernel";

/** Registers a kernel for widgets, and installs a runtime. `removeKernel()` undoes both. */
export function installKernel<K extends TestKernel>(kernel: K, runtime: WidgetRuntime): K {
  installWidgetRuntime(runtime);
  registerKernel(kernel);
  followCells(kernel);
  return kernel;
}

/**
 * Every kernel with the runtime that it is tested on: `describe.each(KERNELS)`. The second has
 * nothing of Node's, as in a browser.
 */
export const KERNELS: readonly { readonly on: string; readonly install: () => TestKernel }[] = [
  {
    on: "a recording kernel in Node",
    install: () => installKernel(new FakeKernel(), nodeWidgetRuntime),
  },
  {
    on: "a kernel with a wire, without Node",
    install: () => installKernel(new LoopbackKernel(), portableRuntime),
  },
];

/** Closes all widgets, and removes their kernel and its runtime. */
export function removeKernel(): void {
  for (const widget of openWidgets()) widget.close();
  unregisterKernel();
  installWidgetRuntime(portableRuntime);
}

/** Collects what widgets log, instead of logging it, until the kernel is removed. */
export function collectLog(): string[] {
  const lines: string[] = [];
  installWidgetRuntime({ ...widgetRuntime(), logError: (line) => void lines.push(line) });
  return lines;
}

/** Sets an environment variable for widgets, until the kernel is removed. */
export function setEnvironment(name: string, value: string): void {
  installWidgetRuntime({
    ...widgetRuntime(),
    environmentVariable: (asked) => (asked === name ? value : undefined),
  });
}
