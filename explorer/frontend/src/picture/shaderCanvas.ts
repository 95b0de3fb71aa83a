// Fragment shaders over the whole canvas, in WebGL2: one, or several of which later ones read what others drew.

const VERTEX_SHADER = `#version 300 es
void main() {  // one triangle that covers everything
  gl_Position = vec4(vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0), 0.0, 1.0);
}`;

const POLL_MS = 20; // between two checks whether a shader is compiled
const PAINT_MS = 60; // for the browser to paint a message before compiling blocks it
const MAX_PROGRAMS = 96, MAX_TEXTURES = 64; // that are kept for shaders and fields that return

/** Content of a texture: four numbers to a texel, or three bytes. */
export interface TextureData {
  width: number;
  height: number;
  data: Float32Array | Uint8Array;
}

/** Values of uniforms by name; a number alone is a float unless the shader says int. */
export type Uniforms = Record<string, number | number[] | Float32Array>;

/** A fragment shader that draws on the canvas, or into a texture of float numbers if it has a name. */
export interface Pass {
  fragment: string;
  name?: string;
  inputs?: Record<string, string>; // its samplers, and the passes whose textures they read
  size?: (width: number, height: number) => [number, number]; // of its texture, for a size of the picture
  values?: (width: number, height: number) => Uniforms; // beside those of the moment
  part?: number; // which of several fields it draws: their uniforms and textures differ
}

/** The passes of a picture in their order; the last one draws on the canvas. */
export type Shader = readonly Pass[];

type Uniform = WebGLActiveInfo & { location: WebGLUniformLocation };

interface Program {
  program: WebGLProgram;
  uniforms: Map<string, Uniform>;
}

interface Target {
  texture: WebGLTexture;
  framebuffer: WebGLFramebuffer;
  width: number;
  height: number;
}

/** A shader that fills a canvas; `draw` once for every frame. */
export class ShaderCanvas {
  private readonly gl: WebGL2RenderingContext;
  private readonly programs = new Map<string, Program>(); // by fragment shader
  private readonly targets = new Map<string, Target>(); // by pass, on the canvas and off screen
  private readonly textureData: TextureData[] = []; // by part
  private readonly textures = new Map<TextureData, WebGLTexture>();
  private sampleBuffer: WebGLFramebuffer | null = null;
  private sampleSize = "";

  /** Throws an Error when there is no WebGL2 or the shader does not compile. */
  constructor(readonly canvas: HTMLCanvasElement, private shader: Shader) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.replace(shader, this.compile(shader));
  }

  /** Use another shader on the same canvas. */
  use(shader: Shader): void {
    this.replace(shader, this.compile(shader));
  }

  /** As `use`, but the current shader draws until the other is compiled; ignored if it is no longer `isCurrent` then. */
  async useAsync(shader: Shader, isCurrent: () => boolean): Promise<void> {
    if (this.uses(shader)) return;
    const { gl } = this;
    const parallel = gl.getExtension("KHR_parallel_shader_compile");
    if (!parallel) await delay(PAINT_MS);
    const programs = this.compile(shader);
    const isPending = (program: WebGLProgram) => !gl.getProgramParameter(program, parallel!.COMPLETION_STATUS_KHR);
    while (parallel && !gl.isContextLost() && [...programs.values()].some(isPending)) await delay(POLL_MS);
    const areValid = [...programs.values()].every((program) => gl.isProgram(program)); // unless the context was lost meanwhile
    if (isCurrent()) return this.replace(shader, areValid ? programs : this.compile(shader));
    for (const [fragment, program] of programs) {
      if (this.programs.get(fragment)?.program === program) continue;
      gl.getAttachedShaders(program)?.forEach((shader) => gl.deleteShader(shader));
      gl.deleteProgram(program);
    }
  }

  /** Whether nothing needs to be compiled for a shader. */
  uses(shader: Shader): boolean {
    return shader.every(({ fragment }) => this.programs.has(fragment));
  }

  /** Create everything again after the context was lost and restored. */
  restore(): void {
    this.sampleBuffer = null;
    this.sampleSize = "";
    this.programs.clear();
    this.targets.clear();
    this.textures.clear();
    this.replace(this.shader, this.compile(this.shader));
  }

  /** Set the texture that the sampler `weights` of a part reads. */
  setTexture(textureData: TextureData, part = 0): void {
    this.textureData[part] = textureData;
  }

  /** Set the first texels of a row of that texture. */
  setTextureRow(row: number, values: Float32Array, part = 0): void {
    const { gl } = this, textureData = this.textureData[part];
    textureData.data.set(values, 4 * textureData.width * row);
    gl.bindTexture(gl.TEXTURE_2D, this.upload(textureData));
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, values.length / 4, 1, gl.RGBA, gl.FLOAT, values);
  }

  /** Upload that texture again, after its data or its size have changed. */
  refreshTexture(part = 0): void {
    const textureData = this.textureData[part];
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.upload(textureData));
    this.fill(textureData);
  }

  /** Replace the content of that texture. */
  fillTexture(content: TextureData, part = 0): void {
    Object.assign(this.textureData[part], content);
    this.refreshTexture(part);
  }

  /** Fill the texture that is bound. */
  private fill({ width, height, data }: TextureData): void {
    const { gl } = this;
    if (data instanceof Float32Array) return gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, height, 0, gl.RGBA, gl.FLOAT, data);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, width, height, 0, gl.RGB, gl.UNSIGNED_BYTE, data);
  }

  /** The texture of some data, which is uploaded once. */
  private upload(textureData: TextureData): WebGLTexture {
    const { gl, textures } = this;
    const previous = textures.get(textureData);
    if (previous) {
      textures.delete(textureData);
      textures.set(textureData, previous); // the latest last
      return previous;
    }
    const texture = gl.createTexture()!;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    this.fill(textureData);
    textures.set(textureData, texture);
    for (const [old, oldTexture] of textures) {
      if (textures.size <= MAX_TEXTURES) break;
      gl.deleteTexture(oldTexture);
      textures.delete(old);
    }
    return texture;
  }

  /** Wait until everything is drawn. */
  finish(): void {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  /** Give the context back. */
  close(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  get contextLost(): boolean {
    return this.gl.isContextLost();
  }

  /** Draw on the whole canvas, with uniforms for each part. */
  draw(...values: Uniforms[]): void {
    this.drawAt(values, this.canvas.width, this.canvas.height, null);
  }

  /** Draw on a rectangle of the canvas; `top` counts from its upper edge. */
  drawTile(values: Uniforms[], left: number, top: number, width: number, height: number): void {
    const { gl } = this, bottom = this.canvas.height - top - height;
    this.drawAt(values, width, height, this.offScreen(width, height));
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.sampleBuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(0, 0, width, height, left, bottom, left + width, bottom + height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  /** The same picture at another size, drawn off screen: RGBA from the bottom row. */
  sample(values: Uniforms, width: number, height: number): Uint8Array {
    const { gl } = this;
    this.drawAt([values], width, height, this.offScreen(width, height));
    const bytes = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bytes;
  }

  /** What is on the canvas, at another size: RGBA from the bottom row; right after drawing. */
  thumbnail(width: number, height: number): Uint8Array {
    const { gl, canvas } = this, bytes = new Uint8Array(4 * width * height);
    const target = this.offScreen(width, height);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, target);
    gl.blitFramebuffer(0, 0, canvas.width, canvas.height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bytes;
  }

  /** A framebuffer of a size off screen. */
  private offScreen(width: number, height: number): WebGLFramebuffer {
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
    return this.sampleBuffer!;
  }

  private drawAt(values: Uniforms[], width: number, height: number, frame: WebGLFramebuffer | null): void {
    const { gl } = this;
    for (const pass of this.shader) {
      const part = pass.part ?? 0;
      const target = pass.name ? this.target(pass, width, height, frame) : null;
      const { program, uniforms } = this.programs.get(pass.fragment)!;
      gl.bindFramebuffer(gl.FRAMEBUFFER, target ? target.framebuffer : frame);
      gl.viewport(0, 0, target?.width ?? width, target?.height ?? height);
      gl.useProgram(program);
      const units = Object.entries(pass.inputs ?? {}).map(([sampler, name], n) => {
        gl.activeTexture(gl.TEXTURE1 + n); // unit 0 has the texture of `setTexture`
        gl.bindTexture(gl.TEXTURE_2D, this.targets.get(targetKey(name, frame))!.texture);
        return [sampler, n + 1] as const;
      });
      gl.activeTexture(gl.TEXTURE0);
      if (this.textureData[part]) gl.bindTexture(gl.TEXTURE_2D, this.upload(this.textureData[part]));
      const all = { size: [width, height], ...values[part], ...pass.values?.(width, height), ...Object.fromEntries(units) };
      for (const [name, value] of Object.entries(all)) this.setUniform(uniforms.get(name), value);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  /** The texture that a pass draws into, made again when its size changes. */
  private target(pass: Pass, pictureWidth: number, pictureHeight: number, frame: WebGLFramebuffer | null): Target {
    const { gl } = this;
    const [width, height] = pass.size!(pictureWidth, pictureHeight);
    const key = targetKey(pass.name!, frame), previous = this.targets.get(key);
    if (previous?.width === width && previous.height === height) return previous;
    if (previous) this.deleteTarget(previous);
    const texture = gl.createTexture()!, framebuffer = gl.createFramebuffer()!;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, this.floatFormat()!, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const target = { texture, framebuffer, width, height };
    this.targets.set(key, target);
    return target;
  }

  private deleteTarget({ texture, framebuffer }: Target): void {
    this.gl.deleteTexture(texture);
    this.gl.deleteFramebuffer(framebuffer);
  }

  /** The format of float textures that this device draws into; null if there is none. */
  private floatFormat(): number | null {
    const { gl } = this;
    if (gl.getExtension("EXT_color_buffer_float")) return gl.RGBA32F;
    return gl.getExtension("EXT_color_buffer_half_float") ? gl.RGBA16F : null;
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

  private setUniform(uniform: Uniform | undefined, value: number | number[] | Float32Array): void {
    const { gl } = this;
    if (!uniform) return; // the compiler removes unused uniforms
    const numbers = typeof value === "number" ? [value] : value;
    if (uniform.type === gl.INT || uniform.type === gl.SAMPLER_2D) gl.uniform1i(uniform.location, numbers[0]);
    else if (uniform.type === gl.FLOAT) gl.uniform1fv(uniform.location, numbers);
    else if (uniform.type === gl.FLOAT_VEC2) gl.uniform2fv(uniform.location, numbers);
    else if (uniform.type === gl.FLOAT_VEC3) gl.uniform3fv(uniform.location, numbers);
    else gl.uniform4fv(uniform.location, numbers);
  }

  /** Make a compiled shader the current one. Throws an Error if it does not compile. */
  private replace(shader: Shader, compiled: Map<string, WebGLProgram>): void {
    if (shader.length > 1 && !this.floatFormat() && !this.contextLost) throw new Error("this device has no float textures to draw light with");
    for (const [fragment, compiledProgram] of compiled) {
      const program = this.programs.get(fragment) ?? this.link(compiledProgram);
      this.programs.delete(fragment);
      this.programs.set(fragment, program); // the latest last
    }
    for (const [fragment, { program }] of this.programs) {
      if (this.programs.size <= MAX_PROGRAMS) break;
      this.gl.deleteProgram(program);
      this.programs.delete(fragment);
    }
    this.shader = shader;
  }

  /** Start to compile the programs of a shader that are not there yet; any query of them waits for the compiler. */
  private compile(shader: Shader): Map<string, WebGLProgram> {
    return new Map(shader.map(({ fragment }) => [fragment, this.programs.get(fragment)?.program ?? this.compileProgram(fragment)]));
  }

  private compileProgram(fragment: string): WebGLProgram {
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

  /** A compiled program with its uniforms. Throws an Error if it does not compile. */
  private link(program: WebGLProgram): Program {
    const { gl } = this;
    const shaders = gl.getAttachedShaders(program) ?? [];
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const log = [...shaders.map((shader) => gl.getShaderInfoLog(shader)), gl.getProgramInfoLog(program)];
      throw new Error(`the shader does not compile: ${log.filter(Boolean).join(" ")}`);
    }
    shaders.forEach((shader) => gl.deleteShader(shader)); // they are freed with the program
    const uniforms: Program["uniforms"] = new Map();
    for (let n = 0; n < (gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0); n++) {
      const { size, type, name } = gl.getActiveUniform(program, n)!;
      const location = gl.getUniformLocation(program, name);
      if (location) uniforms.set(name.replace("[0]", ""), { size, type, name, location });
    }
    return { program, uniforms };
  }
}

const targetKey = (name: string, frame: WebGLFramebuffer | null) => `${name} ${frame ? "off screen" : "canvas"}`;

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
