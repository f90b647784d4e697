import puppeteer, { type Browser } from "puppeteer-core";
import { expect, it, vi } from "vitest";
import { startFirefox } from "../../browsers/support/firefox";

it("Firefox that starts but gives no page is closed, and an error of that doesn't hide why", async () => {
  const close = vi.fn(() => Promise.reject(new Error("the connection is gone")));
  vi.spyOn(puppeteer, "launch").mockResolvedValue({
    process: () => null,
    newPage: () => Promise.reject(new Error("no page")),
    close,
  } as unknown as Browser);
  await expect(startFirefox("/nowhere/firefox")).rejects.toThrow("no page");
  expect(close).toHaveBeenCalledOnce();
});
