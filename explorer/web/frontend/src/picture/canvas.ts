// One fragment shader over the whole canvas, in WebGL2.

const CORNERS = `#version 300 es
void main() {  // one triangle that covers everything
  gl_Position = vec4(vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0), 0.0, 1.0);
}`;

const LOOK = 20; // ms between two looks whether a shader is done
const PAINT = 60; // ms in which a browser paints what was said before it is kept busy

/** Numbers of a texture, four to a texel. */
export interface Numbers {
  width: number;
  height: number;
  data: Float32Array;
}

/** Values of uniforms by name; a number alone is a float unless the shader says int. */
export type Uniforms = Record<string, number | number[] | Float32Array>;

/** A shader that fills a canvas; `draw` once for every frame. */
export class ShaderCanvas {
  private readonly gl: WebGL2RenderingContext;
  private program: WebGLProgram;
  private numbers: Numbers | null = null;
  private weights: WebGLTexture | null = null;
  private small: WebGLFramebuffer | null = null;
  private smallSize = "";
  private readonly uniforms = new Map<string, WebGLActiveInfo & { place: WebGLUniformLocation }>();

  /** Throws an Error when there is no WebGL2 or the shader does not compile. */
  constructor(readonly canvas: HTMLCanvasElement, private fragment: string) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.program = this.take(this.begin(fragment));
  }

  /** Another shader on the same canvas. */
  use(fragment: string): void {
    if (fragment !== this.fragment) this.replace(fragment, this.begin(fragment));
  }

  /** As `use`, while the shader before it goes on to draw; not at all where it is no longer `wanted` at the end. */
  async useSoon(fragment: string, wanted: () => boolean): Promise<void> {
    if (fragment === this.fragment) return;
    const { gl } = this;
    const parallel = gl.getExtension("KHR_parallel_shader_compile");
    if (!parallel) await pause(PAINT);
    const program = this.begin(fragment);
    while (parallel && !gl.isContextLost() && !gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR)) await pause(LOOK);
    if (wanted()) return this.replace(fragment, gl.isProgram(program) ? program : this.begin(fragment)); // lost meanwhile
    gl.getAttachedShaders(program)?.forEach((shader) => gl.deleteShader(shader));
    gl.deleteProgram(program);
  }

  /** Whether that shader is the one that draws. */
  uses(fragment: string): boolean {
    return fragment === this.fragment;
  }

  /** Make everything anew in a context that was lost and came back. */
  restore(): void {
    this.small = this.weights = null;
    this.smallSize = "";
    this.program = this.take(this.begin(this.fragment));
    if (this.numbers) this.texture(this.numbers);
  }

  /** Numbers for the shader's only sampler, four to a texel. */
  texture(numbers: Numbers): void {
    const { gl } = this;
    const { width, height, data } = (this.numbers = numbers);
    gl.deleteTexture(this.weights);
    this.weights = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.weights);
    for (const edge of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, edge, gl.NEAREST);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, height, 0, gl.RGBA, gl.FLOAT, data);
  }

  get lost(): boolean {
    return this.gl.isContextLost();
  }

  draw(values: Uniforms): void {
    this.drawAt(values, this.canvas.width, this.canvas.height);
  }

  /** The same picture that small, as RGBA from the bottom row; nothing of it is seen. */
  sample(values: Uniforms, width: number, height: number): Uint8Array {
    const { gl } = this;
    if (!this.small) {
      this.small = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.small);
      const pixels = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, pixels); // it stays bound: there is no other
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, pixels);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.small);
    if (this.smallSize !== `${width} ${height}`) gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
    this.smallSize = `${width} ${height}`;
    this.drawAt(values, width, height);
    const bytes = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bytes;
  }

  private drawAt(values: Uniforms, width: number, height: number): void {
    const { gl } = this;
    gl.viewport(0, 0, width, height);
    this.set("size", [width, height]);
    for (const [name, value] of Object.entries(values)) this.set(name, value);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** The pixels of the last frame, row by row from the top, RGB; right after `draw`. */
  read(): Uint8Array {
    const { width, height } = this.canvas;
    const bytes = new Uint8Array(4 * width * height);
    this.gl.readPixels(0, 0, width, height, this.gl.RGBA, this.gl.UNSIGNED_BYTE, bytes);
    const pixels = new Uint8Array(3 * width * height);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = 4 * ((height - 1 - y) * width + x);
        for (let k = 0; k < 3; k++) pixels[to++] = bytes[from + k];
      }
    }
    return pixels;
  }

  private set(name: string, value: number | number[] | Float32Array): void {
    const { gl } = this;
    const uniform = this.uniforms.get(name);
    if (!uniform) return; // the compiler leaves out what a shader does not use
    const numbers = typeof value === "number" ? [value] : value;
    if (uniform.type === gl.INT) gl.uniform1i(uniform.place, numbers[0]);
    else if (uniform.type === gl.FLOAT) gl.uniform1fv(uniform.place, numbers);
    else if (uniform.type === gl.FLOAT_VEC2) gl.uniform2fv(uniform.place, numbers);
    else if (uniform.type === gl.FLOAT_VEC3) gl.uniform3fv(uniform.place, numbers);
    else gl.uniform4fv(uniform.place, numbers);
  }

  private replace(fragment: string, program: WebGLProgram): void {
    const before = this.program;
    this.program = this.take(program);
    this.fragment = fragment;
    this.gl.deleteProgram(before);
  }

  /** A program that is being made; asking anything of it would wait for it. */
  private begin(fragment: string): WebGLProgram {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, fragment]] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    return program;
  }

  /** Draw with a program from now on. Throws an Error where it did not compile. */
  private take(program: WebGLProgram): WebGLProgram {
    const { gl } = this;
    const shaders = gl.getAttachedShaders(program) ?? [];
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const said = [...shaders.map((shader) => gl.getShaderInfoLog(shader)), gl.getProgramInfoLog(program)];
      throw new Error(`the shader does not compile: ${said.filter(Boolean).join(" ")}`);
    }
    shaders.forEach((shader) => gl.deleteShader(shader)); // once the program goes
    this.uniforms.clear();
    gl.useProgram(program);
    for (let n = 0; n < (gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0); n++) {
      const found = gl.getActiveUniform(program, n)!;
      const { size, type, name } = found;
      const place = gl.getUniformLocation(program, name);
      if (place) this.uniforms.set(name.replace("[0]", ""), { size, type, name, place });
    }
    return program;
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
