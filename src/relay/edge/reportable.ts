import { isAccepted, type Authenticate, type Principal } from "../../hosting/auth";
import { errorMessage } from "../../protocol/errors";
import { MAX_PRINCIPAL } from "../report";

/** Makes an `authenticate` fail for viewers that can't be reported to a publisher. */
export function reportable(authenticate: Authenticate | undefined): Authenticate | undefined {
  if (authenticate === undefined) return undefined;
  return async (context) => {
    const principal = await authenticate(context);
    return isAccepted(principal) ? copyOf(principal) : principal;
  };
}

/** A copy: it may be reported much later, when the application has changed it. */
function copyOf(principal: Principal): Principal {
  let text: string;
  try {
    text = JSON.stringify(principal) ?? "null";
  } catch (error) {
    throw new Error(`authenticate: expected what JSON can hold: ${errorMessage(error)}`);
  }
  if (text.length > MAX_PRINCIPAL) {
    throw new Error(
      `authenticate: expected what JSON can hold in ${MAX_PRINCIPAL} characters, got ${text.length}`,
    );
  }
  return JSON.parse(text) as Principal;
}
