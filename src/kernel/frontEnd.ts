/** Which front end shows a picture: this package's extension, or its module for anywidget. */
import { referenceTo } from "../protocol/modelReference";
import {
  ADD_TRAITS,
  ANYWIDGET,
  BEFORE_OPEN,
  fromKernelOnly,
  identityTraits,
  nullable,
  reference,
  SET_TRAIT,
  STATUS,
  string,
  Widget,
  withTraits,
  type SetTraitOptions,
  type WidgetOptions,
} from "../widgets";
import { pictureRuntime } from "./pictureRuntime";
import { RemoteFrameBufferBase, type RemoteFrameBufferOptions } from "./remoteFrameBufferTraits";

export type { RemoteFrameBufferOptions };

/** Holds the module that shows pictures, so that pages get it once for all of them. */
class FrontEndModule extends withTraits<Widget, WidgetOptions, { code: string }>(Widget, {
  code: fromKernelOnly(string("")),
}) {}

let shared: FrontEndModule | undefined;

function frontEndModule(): FrontEndModule {
  if (shared === undefined || shared[STATUS] === "closed") {
    shared = new FrontEndModule({ code: pictureRuntime().readAnywidgetModule("frontEnd") });
  }
  return shared;
}

/** A RemoteFrameBuffer's base class, which tells pages which front end shows it. */
export class FrontEndBase extends RemoteFrameBufferBase {
  /** Whether a page may know the front end. */
  #isChosen = false;

  override [BEFORE_OPEN](): void {
    super[BEFORE_OPEN]();
    const isAnywidget = this.front_end === "anywidget";
    if (isAnywidget && !this.#isChosen) {
      this[ADD_TRAITS]({
        ...identityTraits(ANYWIDGET),
        _esm: fromKernelOnly(string(pictureRuntime().readAnywidgetModule("loader"))),
        _anywidget_id: fromKernelOnly(string("jupyter-rfb-ts.RemoteFrameBuffer")),
        // Not the default: it would be a part of this picture, and be closed together with it.
        _front_end: fromKernelOnly(nullable(reference(FrontEndModule, frontEndModule))),
        _model_id: fromKernelOnly(string(referenceTo(this.model_id))),
      });
    }
    // The module may have been closed while no page showed this picture.
    if (isAnywidget) this[SET_TRAIT]("_front_end", frontEndModule());
    this.#isChosen = true;
  }

  override [SET_TRAIT](name: string, value: unknown, options?: SetTraitOptions): void {
    if (name === "front_end" && this.#isChosen && value !== this.front_end) {
      throw new Error(
        "Cannot set front_end: the widget has already been shown; set it in the constructor",
      );
    }
    super[SET_TRAIT](name, value, options);
  }
}
