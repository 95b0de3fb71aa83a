// The inputs of a network that depend on the pixel: `pixel_inputs` in explorer/fields/cppn/drawing.py.

/** Points at equal distances, rows from the top; the shorter side of a picture is 2 long. */
export interface PointGrid {
  columns: number;
  rows: number;
  spacing: number;
}

/** The points that a picture needs: with light or finish several to a pixel, and a border of one. */
export function pointGrid(width: number, height: number, samples: number): PointGrid {
  const shorter = Math.min(width, height);
  if (!samples) return { columns: width, rows: height, spacing: 2 / shorter };
  return { columns: width * samples + 2, rows: height * samples + 2, spacing: 2 / (shorter * samples) };
}

/** Rows x, y[, radius], folded by the symmetry and scaled, each `stride` numbers long; rounded where Python rounds. */
export function pixelRows({ columns, rows, spacing }: PointGrid, stride: number, count: number, settings: Record<string, unknown>): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count * stride), symmetry = Number(settings.symmetry), scale = Number(settings.coord_scale);
  const sector = (2 * Math.PI) / Math.max(1, symmetry), { fround } = Math;
  for (let row = 0, n = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, n++) {
      let x = fround((column + 0.5 - columns / 2) * spacing), y = fround((row + 0.5 - rows / 2) * spacing);
      const radius = Math.hypot(x, y);
      if (symmetry === 1) x = Math.abs(x);
      else if (symmetry > 1) {
        const turned = Math.atan2(y, x) + sector / 2;
        const angle = Math.abs(turned - sector * Math.floor(turned / sector) - sector / 2);
        [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      }
      values[n] = x * scale;
      values[stride + n] = y * scale;
      if (count === 3) values[2 * stride + n] = radius * scale;
    }
  }
  return values;
}
