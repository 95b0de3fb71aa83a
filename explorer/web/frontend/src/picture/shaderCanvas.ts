// A fragment shader over the whole canvas, in WebGL2.

const VERTEX_SHADER = `#version 300 es
void main() {  // one triangle that covers everything
  gl_Position = vec4(vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0), 0.0, 1.0);
}`;

const POLL_MS = 20; // between two checks whether a shader is compiled
const PAINT_MS = 60; // for the browser to paint a message before compiling blocks it

/** Content of a texture, four numbers to a texel. */
export interface TextureData {
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
  private textureData: TextureData | null = null;
  private weights: WebGLTexture | null = null;
  private sampleBuffer: WebGLFramebuffer | null = null;
  private sampleSize = "";
  private readonly uniforms = new Map<string, WebGLActiveInfo & { location: WebGLUniformLocation }>();

  /** Throws an Error when there is no WebGL2 or the shader does not compile. */
  constructor(readonly canvas: HTMLCanvasElement, private fragment: string) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.program = this.activate(this.compile(fragment));
  }

  /** Use another shader on the same canvas. */
  use(fragment: string): void {
    if (fragment !== this.fragment) this.replace(fragment, this.compile(fragment));
  }

  /** As `use`, but the current shader draws until the other is compiled; ignored if it is no longer `isCurrent` then. */
  async useAsync(fragment: string, isCurrent: () => boolean): Promise<void> {
    if (fragment === this.fragment) return;
    const { gl } = this;
    const parallel = gl.getExtension("KHR_parallel_shader_compile");
    if (!parallel) await delay(PAINT_MS);
    const program = this.compile(fragment);
    while (parallel && !gl.isContextLost() && !gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR)) await delay(POLL_MS);
    if (isCurrent()) return this.replace(fragment, gl.isProgram(program) ? program : this.compile(fragment)); // the context was lost meanwhile
    gl.getAttachedShaders(program)?.forEach((shader) => gl.deleteShader(shader));
    gl.deleteProgram(program);
  }

  /** Whether this is the current shader. */
  uses(fragment: string): boolean {
    return fragment === this.fragment;
  }

  /** Create everything again after the context was lost and restored. */
  restore(): void {
    this.sampleBuffer = this.weights = null;
    this.sampleSize = "";
    this.program = this.activate(this.compile(this.fragment));
    if (this.textureData) this.setTexture(this.textureData);
  }

  /** Set the texture of the shader's only sampler. */
  setTexture(textureData: TextureData): void {
    const { gl } = this;
    const { width, height, data } = (this.textureData = textureData);
    gl.deleteTexture(this.weights);
    this.weights = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.weights);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, height, 0, gl.RGBA, gl.FLOAT, data);
  }

  get contextLost(): boolean {
    return this.gl.isContextLost();
  }

  draw(values: Uniforms): void {
    this.drawAt(values, this.canvas.width, this.canvas.height);
  }

  /** The same picture at another size, drawn off screen: RGBA from the bottom row. */
  sample(values: Uniforms, width: number, height: number): Uint8Array {
    const { gl } = this;
    if (!this.sampleBuffer) {
      this.sampleBuffer = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.sampleBuffer);
      const pixels = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, pixels); // it stays bound, it is the only one
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, pixels);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.sampleBuffer);
    if (this.sampleSize !== `${width} ${height}`) gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
    this.sampleSize = `${width} ${height}`;
    this.drawAt(values, width, height);
    const bytes = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bytes;
  }

  private drawAt(values: Uniforms, width: number, height: number): void {
    const { gl } = this;
    gl.viewport(0, 0, width, height);
    this.setUniform("size", [width, height]);
    for (const [name, value] of Object.entries(values)) this.setUniform(name, value);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** The pixels of the last frame, row by row from the top, RGB; right after `draw`. */
  readPixels(): Uint8Array {
    const { width, height } = this.canvas;
    const bytes = new Uint8Array(4 * width * height);
    this.gl.readPixels(0, 0, width, height, this.gl.RGBA, this.gl.UNSIGNED_BYTE, bytes);
    const pixels = new Uint8Array(3 * width * height);
    for (let y = 0, target = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const source = 4 * ((height - 1 - y) * width + x);
        for (let k = 0; k < 3; k++) pixels[target++] = bytes[source + k];
      }
    }
    return pixels;
  }

  private setUniform(name: string, value: number | number[] | Float32Array): void {
    const { gl } = this;
    const uniform = this.uniforms.get(name);
    if (!uniform) return; // the compiler removes unused uniforms
    const numbers = typeof value === "number" ? [value] : value;
    if (uniform.type === gl.INT) gl.uniform1i(uniform.location, numbers[0]);
    else if (uniform.type === gl.FLOAT) gl.uniform1fv(uniform.location, numbers);
    else if (uniform.type === gl.FLOAT_VEC2) gl.uniform2fv(uniform.location, numbers);
    else if (uniform.type === gl.FLOAT_VEC3) gl.uniform3fv(uniform.location, numbers);
    else gl.uniform4fv(uniform.location, numbers);
  }

  private replace(fragment: string, program: WebGLProgram): void {
    const previous = this.program;
    this.program = this.activate(program);
    this.fragment = fragment;
    this.gl.deleteProgram(previous);
  }

  /** Start to compile a program; any query of it waits for the compiler. */
  private compile(fragment: string): WebGLProgram {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX_SHADER], [gl.FRAGMENT_SHADER, fragment]] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    return program;
  }

  /** Make a program the current one. Throws an Error if it does not compile. */
  private activate(program: WebGLProgram): WebGLProgram {
    const { gl } = this;
    const shaders = gl.getAttachedShaders(program) ?? [];
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const log = [...shaders.map((shader) => gl.getShaderInfoLog(shader)), gl.getProgramInfoLog(program)];
      throw new Error(`the shader does not compile: ${log.filter(Boolean).join(" ")}`);
    }
    shaders.forEach((shader) => gl.deleteShader(shader)); // they are freed with the program
    this.uniforms.clear();
    gl.useProgram(program);
    for (let n = 0; n < (gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0); n++) {
      const { size, type, name } = gl.getActiveUniform(program, n)!;
      const location = gl.getUniformLocation(program, name);
      if (location) this.uniforms.set(name.replace("[0]", ""), { size, type, name, location });
    }
    return program;
  }
}

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
