import puppeteer, { type Browser } from "puppeteer-core";
import { expect, it, vi } from "vitest";
import { startFirefox } from "../../browsers/support/firefox";

it("closes a Firefox that opens no page, and reports why even if closing it fails", async () => {
  const close = vi.fn(() => Promise.reject(new Error("the connection is gone")));
  vi.spyOn(puppeteer, "launch").mockResolvedValue({
    process: () => null,
    newPage: () => Promise.reject(new Error("no page")),
    close,
  } as unknown as Browser);
  await expect(startFirefox("/nowhere/firefox")).rejects.toThrow("no page");
  expect(close).toHaveBeenCalledOnce();
});
