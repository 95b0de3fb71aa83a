// How large a picture is drawn for its place on the screen.

const MAX_PIXELS = 2560 * 1440;

/** The size of a canvas on the screen in device pixels, as far as it would ever be drawn. */
export function displaySize({ clientWidth, clientHeight }: HTMLCanvasElement): [number, number] {
  const ratio = Math.min(devicePixelRatio, 2);
  const scale = ratio * Math.min(1, Math.sqrt(MAX_PIXELS / (clientWidth * clientHeight * ratio * ratio)));
  return [clientWidth * scale, clientHeight * scale];
}

/** Resize a canvas to its size on the screen, or coarser. */
export function resizeCanvas(canvas: HTMLCanvasElement, scale: number): void {
  const [width, height] = displaySize(canvas).map((side) => Math.max(1, Math.round(side * scale)));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
