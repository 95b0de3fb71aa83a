import { expect, test } from "vitest";
import { barNumbers, lanesOf, limits, lookAt, momentsOf, nearest, readSong, snapped } from "./song";

const times = [0.5, 1, 1.5, 2, 2.5];
const traits: Record<string, unknown> = {
  duration: 4, beats: new DataView(new Float64Array(times).buffer), flags: new DataView(new Uint8Array([0, 1, 0, 4, 3]).buffer),
  sections: [[0, ""], [2, "<b>"]], looks: [[0, "molten"], [2, "gilt"]],
  keyframes: [[1.2, [["molten", "gain", 4]]]], look_settings: { molten: [["gain", "gain", "0 to 20"]] },
};
const song = readSong({ get: (name) => traits[name] });

test("traits become beats and parts", () => {
  expect(song.beats.map((beat) => [beat.isDownbeat, beat.isEdited])).toEqual([[false, false], [true, false], [false, false], [false, true], [true, true]]);
  expect(song.sections).toEqual([{ start: 0, end: 2, name: "" }, { start: 2, end: 4, name: "<b>" }]);
  expect(barNumbers(song.beats)).toEqual([[0, 1], [1, 1], [1, 2], [1, 3], [2, 1]]);
});

test("keyframes are of the look that is drawn there, and snap to beats", () => {
  expect(momentsOf(song, "keyframes")).toEqual([1.2]);
  expect([lookAt(song, 1.9), lookAt(song, 2)]).toEqual(["molten", "gilt"]);
  expect([lanesOf(song).length, lanesOf({ ...song, looks: [] }).includes("keyframes")]).toEqual([4, false]);
  expect(snapped(song, [1.2], "keyframes", 1.53, 0.05)).toBe(1.5);
});

test("beats snap to onsets, sections to bars before beats, looks to sections first", () => {
  expect(nearest([1, 2, 4], 3.1)).toBe(2);
  expect(snapped(song, [0.9, 1.04], "beats", 1, 0.05)).toBe(1.04);
  expect(snapped(song, [], "beats", 1.02, 0.05)).toBe(1.02);
  expect(snapped(song, [], "sections", 1.03, 0.05)).toBe(1);
  expect(snapped(song, [], "looks", 2.06, 0.05)).toBe(2);
  expect(limits(song, "beats", 1, 4)).toEqual([0.55, 1.45]);
});
