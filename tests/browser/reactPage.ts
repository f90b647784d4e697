/** Runs in the page of the React test: a component whose props the test sets. */
import {
  RemoteFramebuffer,
  useRemoteFramebuffer,
  type RemoteFramebufferProps,
} from "jupyter-rfb-ts/react";
import { createElement, createRef, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { RemoteFramebufferView } from "../../src/client/index";

/** The page's side of the test, as `window.reactPage`. */
export class ReactPage {
  readonly view = createRef<RemoteFramebufferView | null>();
  readonly states: string[] = [];
  readonly errors: string[] = [];
  readonly #root = createRoot(document.getElementById("main") as HTMLElement);

  /**
   * Renders the component, in the mode in which React mounts everything twice. New functions each
   * time, as users write them.
   */
  render(props: RemoteFramebufferProps): void {
    const component = createElement(RemoteFramebuffer, {
      className: "picture",
      style: { width: 400, height: 300 },
      ref: this.view,
      onState: (state) => void this.states.push(state),
      onError: (error) => void this.errors.push(error.message),
      ...props,
    });
    this.#root.render(createElement(StrictMode, null, component));
  }

  /** Renders the component with nothing but these props. */
  renderPlain(props: RemoteFramebufferProps): void {
    const onError = (error: Error): void => void this.errors.push(error.message);
    this.#root.render(createElement(RemoteFramebuffer, { onError, ...props }));
  }

  /** Renders a component of the user's own. */
  renderHook(props: RemoteFramebufferProps): void {
    this.#root.render(createElement(OwnComponent, props));
  }

  unmount(): void {
    this.#root.unmount();
  }
}

function OwnComponent(props: RemoteFramebufferProps) {
  const { containerRef, state } = useRemoteFramebuffer(props);
  return createElement(
    "section",
    null,
    createElement("div", { ref: containerRef, style: { width: 100, height: 80 } }),
    createElement("output", null, state),
  );
}

declare global {
  interface Window {
    reactPage: ReactPage;
  }
}

window.reactPage = new ReactPage();
