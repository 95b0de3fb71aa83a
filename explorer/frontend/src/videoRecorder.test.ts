import { expect, it } from "vitest";
import { videoSize } from "./videoRecorder";

it("keeps the shape of the picture and is never below 720p", () => {
  expect(videoSize(1920, 1080)).toEqual({ width: 1920, height: 1080 });
  expect(videoSize(480, 270)).toEqual({ width: 1280, height: 720 });
  expect(videoSize(360, 640)).toEqual({ width: 720, height: 1280 });
  for (const [width, height] of [[1100, 420], [333, 333], [1281, 901]]) {
    const video = videoSize(width, height);
    expect(video.width / video.height).toBeCloseTo(width / height, 1);
    expect(Math.max(video.width, video.height)).toBeGreaterThanOrEqual(1280);
    expect(Math.min(video.width, video.height)).toBeGreaterThanOrEqual(720);
    expect([video.width % 2, video.height % 2]).toEqual([0, 0]);
  }
});
