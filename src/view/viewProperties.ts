/** What a host sets of a view. */
import type { FitMode } from "../protocol/shownFit";
import { DEFAULT_CSS_SIZE } from "./sizeRules";
import type { ToolbarMode } from "../protocol/toolbarMode";

/** The appearance and behaviour of a view. */
export interface ViewProperties {
  /** The picture's width, any CSS length or percentage. @defaultValue "500px" */
  readonly cssWidth: string;
  /** The picture's height, any CSS length or percentage. @defaultValue "300px" */
  readonly cssHeight: string;
  /** Whether the user can resize the view by dragging its corner. @defaultValue true */
  readonly resizable: boolean;
  /** A CSS cursor. @defaultValue "default" */
  readonly cursor: string;
  /** The title, which is also the view's accessible name. @defaultValue "" */
  readonly title: string;
  /** Whether the view has a title bar. @defaultValue false */
  readonly hasTitlebar: boolean;
  /** Whether the title bar has a button that minimizes the view. @defaultValue false */
  readonly isMinimizable: boolean;
  /** Whether the title bar has a button that closes the view. @defaultValue false */
  readonly isClosable: boolean;
  /**
   * The shortest time between two move, wheel or resize events, in milliseconds; 0 for no limit,
   * null for once for each frame of the screen.
   *
   * @defaultValue null
   */
  readonly throttle: number | null;
  /**
   * Whether a tap on the picture brings up the on-screen keyboard of a phone or tablet.
   *
   * @defaultValue false
   */
  readonly touchKeyboard: boolean;
  /**
   * Shortcuts that are left to the page while the view has the focus, in JupyterLab's notation,
   * such as "Accel S".
   *
   * @defaultValue none
   */
  readonly passedKeys: readonly string[];
  /** How a frame of another shape than the view is shown. @defaultValue "fill" */
  readonly fit: FitMode;
  /** Whether to smooth a picture that is scaled to the view's size. @defaultValue true */
  readonly smoothing: boolean;
  /** When the picture's tools show. @defaultValue "auto" */
  readonly toolbar: ToolbarMode;
}

/** The properties of a new view. */
export const DEFAULT_VIEW_PROPERTIES: ViewProperties = {
  cssWidth: DEFAULT_CSS_SIZE.width,
  cssHeight: DEFAULT_CSS_SIZE.height,
  resizable: true,
  cursor: "default",
  title: "",
  hasTitlebar: false,
  isMinimizable: false,
  isClosable: false,
  throttle: null,
  touchKeyboard: false,
  passedKeys: [],
  fit: "fill",
  smoothing: true,
  toolbar: "auto",
};
