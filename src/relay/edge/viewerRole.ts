import type { StreamRfbEvent } from "../../protocol/parseClientMessage";
import type { StreamRole } from "../../protocol/roleMessages";
import type { RoleSummary } from "../announcement";

/**
 * What a viewer is told about who drives; undefined where every viewer does.
 *
 * @param mayDrive - whether the publisher lets it, where one viewer drives
 */
export function roleIn(
  { mode, driver, asking }: RoleSummary,
  id: string,
  mayDrive: boolean,
): StreamRole | undefined {
  if (mode === "any") return undefined;
  const drives = driver === id;
  return {
    type: "role",
    drives,
    may_drive: mode === "one" && mayDrive,
    has_driver: driver !== undefined,
    asks: asking.includes(id),
    ...(drives && asking.length > 0 ? { asking } : {}),
  };
}

/** Whether a viewer's event can matter to the publisher. */
export function isWanted(
  { mode, driver }: RoleSummary,
  id: string,
  event: StreamRfbEvent,
): boolean {
  if (mode === "any" || driver === id) return true;
  // The size of each viewer is kept, as it may drive next.
  return mode === "one" && event.event_type === "resize";
}
