/** What a session reports of its view. */
import { ProtocolError } from "../protocol/errors";
import { PROTOCOL_VERSION } from "../protocol/messages";

/** A receipt for a frame that was never sent. */
export function unknownReceipt(index: number): ProtocolError {
  return new ProtocolError(
    `frame feedback.index: expected the index of a frame that was sent, got ${index}`,
  );
}

/** A view of another version than the session's. */
export function otherVersion(version: number): ProtocolError {
  return new ProtocolError(
    `hello.version: expected ${PROTOCOL_VERSION}, got ${version}; install the same version of jupyter-rfb-ts in the kernel and in JupyterLab`,
  );
}
