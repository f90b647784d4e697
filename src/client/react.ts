/**
 * The React component and its hook: `jupyter-rfb-ts/react`. React 18 and later.
 *
 * @packageDocumentation
 */

import {
  createElement,
  forwardRef,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type CSSProperties,
  type ForwardRefExoticComponent,
  type RefAttributes,
} from "react";
import {
  RemoteFramebufferView,
  type ConnectionState,
  type RemoteFramebufferOptions,
  type ViewerRole,
} from "./index.js";

/** The return value of {@link useRemoteFramebuffer}. */
export interface RemoteFramebufferHook {
  /** Pass it as the `ref` of the element that the picture should fill. */
  readonly containerRef: (element: HTMLElement | null) => void;
  /** The view; null until the element is mounted. */
  readonly view: RemoteFramebufferView | null;
  /** The state of the view's connection. */
  readonly state: ConnectionState;
  /** Whether this viewer drives: `view.role`; null where every viewer does. */
  readonly role: ViewerRole | null;
  /** The view's last error; null if there was none. */
  readonly error: Error | null;
}

/**
 * Shows a stream in an element.
 *
 * The view follows changes of `fit`, `background`, `quality` and `imageOnly`, and calls the newest
 * callbacks. Any other change creates another view, except for `workerFactory`, which is used
 * whenever a view is created. New statistics do not render the component: use `onStats` or
 * `view.stats`.
 *
 * @throws TypeError, RangeError (as the component's error) when an option is invalid.
 */
export function useRemoteFramebuffer(options: RemoteFramebufferOptions): RemoteFramebufferHook {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [view, setView] = useState<RemoteFramebufferView | null>(null);
  const [state, setState] = useState<ConnectionState>("connecting");
  const [role, setRole] = useState<ViewerRole | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const containerRef = useCallback((now: HTMLElement | null) => setElement(now), []);

  // The view calls the newest callbacks through this ref, so that a new callback does not create a
  // new view.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const { token, autoResize, devicePixelRatio, maxBackingDimension } = options;
  // A list in a component's body is another one at each render.
  const urls = JSON.stringify(options.url);
  const { maxInflight, throttle, touchKeyboard, hideState, toolbar, label, debug } = options;
  useEffect(() => {
    if (element === null) return undefined;
    const made = new RemoteFramebufferView(element, {
      ...latest.current,
      onState: (now) => {
        setState(now);
        setRole(made.role ?? null);
        latest.current.onState?.(now);
      },
      onRole: (now) => {
        setRole(now);
        latest.current.onRole?.(now);
      },
      onStats: (stats) => latest.current.onStats?.(stats),
      onError: (problem) => {
        setError(problem);
        latest.current.onError?.(problem);
      },
    });
    setView(made);
    setState(made.state);
    setError(null);
    return () => {
      made.dispose();
      setView(null);
    };
  }, [
    ...[element, urls, token, autoResize, devicePixelRatio, maxBackingDimension],
    ...[maxInflight, throttle, touchKeyboard, hideState, toolbar, label, debug],
  ]);

  const { fit = "contain", background = "#000", quality, imageOnly = false } = options;
  useChange(view, () => view?.setFit(fit, background), [fit, background]);
  useChange(view, () => view?.setQuality(quality), [quality]);
  useChange(view, () => view?.setImageOnly(imageOnly), [imageOnly]);

  return { containerRef, view, state, role, error };
}

/** The props of a {@link RemoteFramebuffer}. */
export interface RemoteFramebufferProps extends RemoteFramebufferOptions {
  /** The class of the `div`, which then has its size from the class or `style`. */
  readonly className?: string | undefined;
  /** The style of the `div`, over the one that makes it fill its parent. */
  readonly style?: CSSProperties | undefined;
}

/** Fills the parent; where that has no height, the height follows from the width. */
const FILLING: CSSProperties = { display: "block", width: "100%", height: "100%" };

/**
 * Shows a stream in a `div`. It fills its parent unless `style` or a `className` gives it another
 * size; in a parent without a height it has the shape 16:9. Its ref is the
 * {@link RemoteFramebufferView}; null until the `div` is mounted.
 */
export const RemoteFramebuffer: ForwardRefExoticComponent<
  RemoteFramebufferProps & RefAttributes<RemoteFramebufferView | null>
> = forwardRef<RemoteFramebufferView | null, RemoteFramebufferProps>(
  function RemoteFramebuffer(props, ref) {
    const { className, style, ...options } = props;
    const { containerRef, view } = useRemoteFramebuffer(options);
    useImperativeHandle<RemoteFramebufferView | null, RemoteFramebufferView | null>(
      ref,
      () => view,
      [view],
    );
    return createElement("div", {
      className,
      // An inline style would win over a size that the class gives.
      style: className === undefined ? { ...FILLING, ...style } : style,
      ref: containerRef,
    });
  },
);

/**
 * Runs `apply` when a value changes, unless the view is new: then it was created with the value.
 */
function useChange(
  view: RemoteFramebufferView | null,
  apply: () => void,
  values: readonly unknown[],
): void {
  const seen = useRef(view);
  useEffect(() => {
    if (seen.current === view) apply();
    seen.current = view;
  }, [view, ...values]);
}
