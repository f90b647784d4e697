import { encodeBundle, type MimeBundle } from "../../widgets";

/** Returns the content of a message that shows a bundle. A display id makes it replaceable. */
export function displayContent(data: MimeBundle, displayId: string | undefined): object {
  return {
    data: encodeBundle(data),
    metadata: {},
    transient: displayId === undefined ? {} : { display_id: displayId },
  };
}
