import { describeValue, ProtocolError } from "../protocol/errors";
import { RepeatLimit } from "../protocol/repeatLimit";
import { isRecord, type BufferPath } from "./bufferPaths";
import { errorText } from "./errorText";
import type { Comm, Kernel } from "./kernel";
import { openWidgets } from "./openWidgets";
import { widgetRuntime } from "./runtime";
import { GET_TRAIT, ON_STATE_REQUEST, REPORT, SHOWN_IN, WIRE_STATE } from "./widgetHooks";

/**
 * Version of the control protocol that this library speaks (packages/schema/messages.md of
 * ipywidgets).
 */
export const CONTROL_PROTOCOL_VERSION = "1.0.0";

/**
 * The comm target on which a frontend asks for all widgets at once, for example after its page was
 * reloaded.
 */
export const CONTROL_TARGET = "jupyter.widget.control";

/**
 * Answers frontends that ask for the state of all widgets.
 *
 * @param report - Reports an invalid request, or what reading a widget's state threw. Default: the
 *   runtime's log, where repeated equal errors are one line a second.
 */
export function registerWidgetControl(
  kernel: Kernel,
  report: (error: unknown) => void = logRepeated(),
): void {
  kernel.registerTarget(CONTROL_TARGET, (comm) => ({
    onMessage: (data) => {
      try {
        const method = isRecord(data) ? data["method"] : undefined;
        if (method !== "request_states") {
          const got = isRecord(data) ? describeValue(method) : describeValue(data);
          throw new ProtocolError(`method: expected request_states, got ${got}`);
        }
        sendStates(comm, report);
      } catch (error) {
        report(error);
      }
    },
    // Nothing is kept for this comm.
    onClose: () => undefined,
  }));
}

function logRepeated(): (error: unknown) => void {
  const repeats = new RepeatLimit((seconds, callback) => widgetRuntime().delay(seconds, callback));
  return (error) =>
    repeats.add(`Widget control: ${errorText(error)}`, ({ line }) =>
      widgetRuntime().logError(line),
    );
}

function sendStates(comm: Comm, report: (error: unknown) => void): void {
  const states: Record<string, object> = {};
  const buffer_paths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const widgets = openWidgets();
  for (const widget of widgets) {
    try {
      const separated = widget[WIRE_STATE]();
      states[widget.model_id] = {
        model_name: widget[GET_TRAIT]("_model_name"),
        model_module: widget[GET_TRAIT]("_model_module"),
        model_module_version: widget[GET_TRAIT]("_model_module_version"),
        state: separated.state,
      };
      for (const path of separated.buffer_paths) {
        buffer_paths.push([widget.model_id, "state", ...path]);
      }
      buffers.push(...separated.buffers);
    } catch (error) {
      widget[SHOWN_IN].run(() => report(error));
    }
  }
  comm.send({ method: "update_states", states, buffer_paths }, buffers);
  // After the answer, since whatever a widget sends in its hook must follow its state.
  for (const widget of widgets) {
    widget[SHOWN_IN].run(() => {
      try {
        widget[ON_STATE_REQUEST]();
      } catch (error) {
        widget[REPORT](error, "a request for its state");
      }
    });
  }
}
