import { isLoopbackHost } from "./origins";

/**
 * Says why a stream without `authenticate` must not be served on a host, and what to do; undefined
 * if it may.
 */
export function openHostProblem(host: string, insecure: boolean): string | undefined {
  if (insecure || isLoopbackHost(host)) return undefined;
  return `other machines can reach ${host}, and anyone could watch; set the option authenticate, listen on 127.0.0.1, or set insecure: true`;
}
