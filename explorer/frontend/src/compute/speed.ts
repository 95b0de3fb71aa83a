// How fast this browser computes a network, measured once for each shape of it.

const TRIAL_SECONDS = 0.05; // shorter ones measure the way to the GPU and back
const MIN_WIDTH = 64, MAX_WIDTH = 512; // of a trial's picture
const speeds = new Map<string, number>(); // by code

/** The seconds that a pixel takes. */
export async function pixelSeconds(code: string, compute: (width: number, height: number) => Promise<unknown>): Promise<number> {
  for (let width = MIN_WIDTH; !speeds.has(code); width *= 2) {
    const height = (width * 9) / 16, start = performance.now();
    await compute(width, height);
    const seconds = (performance.now() - start) / 1000;
    if (seconds >= TRIAL_SECONDS || width >= MAX_WIDTH) speeds.set(code, seconds / (width * height));
  }
  return speeds.get(code)!;
}
