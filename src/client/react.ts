/** The React component and its hook: `jupyter-rfb-ts/react`. React 18 and later. */
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
} from "./index.js";

/** What {@link useRemoteFramebuffer} gives. */
export interface RemoteFramebufferHook {
  /** The `ref` of the element that the picture is to fill. */
  readonly containerRef: (element: HTMLElement | null) => void;
  /** The view; null before the element is there. */
  readonly view: RemoteFramebufferView | null;
  readonly state: ConnectionState;
  /** What went wrong last; null where nothing did. */
  readonly error: Error | null;
}

/**
 * Shows a stream in an element.
 *
 * `fit`, `background`, `quality` and `imageOnly` can change on the way; any other option but the functions makes another view. A
 * `workerFactory` counts when a view is made. Statistics make no component render: take `onStats`, or `view.stats`.
 *
 * @throws TypeError, RangeError (as the component's error) when an option is not what it may be.
 */
export function useRemoteFramebuffer(options: RemoteFramebufferOptions): RemoteFramebufferHook {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [view, setView] = useState<RemoteFramebufferView | null>(null);
  const [state, setState] = useState<ConnectionState>("connecting");
  const [error, setError] = useState<Error | null>(null);
  const containerRef = useCallback((now: HTMLElement | null) => setElement(now), []);

  // What the view calls is always the newest, so that a new function makes no new view.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const { url, token, autoResize, devicePixelRatio, maxBackingDimension } = options;
  const { maxInflight, throttle, label, debug } = options;
  useEffect(() => {
    if (element === null) return undefined;
    const made = new RemoteFramebufferView(element, {
      ...latest.current,
      onState: (now) => {
        setState(now);
        latest.current.onState?.(now);
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
    ...[element, url, token, autoResize, devicePixelRatio, maxBackingDimension],
    ...[maxInflight, throttle, label, debug],
  ]);

  const { fit = "contain", background = "#000", quality, imageOnly = false } = options;
  useChange(view, () => view?.setFit(fit, background), [fit, background]);
  useChange(view, () => view?.setQuality(quality), [quality]);
  useChange(view, () => view?.setImageOnly(imageOnly), [imageOnly]);

  return { containerRef, view, state, error };
}

/** The props of a {@link RemoteFramebuffer}. */
export interface RemoteFramebufferProps extends RemoteFramebufferOptions {
  readonly className?: string | undefined;
  /** Give it a size. */
  readonly style?: CSSProperties | undefined;
}

/** Shows a stream in a `div`. Its ref is the {@link RemoteFramebufferView}, or null before there is one. */
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
    return createElement("div", { className, style, ref: containerRef });
  },
);

/** Does something when a value changes while the view stays: a new view was made with the value. */
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
