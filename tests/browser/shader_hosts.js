// Minimal hosts of exported shaders: the uniforms of the programs that they are for. WIDTH and HEIGHT come before it.

const VERTEX = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0), 0.0, 1.0); }`;
const canvas = document.body.appendChild(document.createElement("canvas"));
Object.assign(canvas, { width: WIDTH, height: HEIGHT });
const numbersOf = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const readPicture = (gl) => {
  const bytes = new Uint8Array(4 * WIDTH * HEIGHT), rows = [];
  gl.readPixels(0, 0, WIDTH, HEIGHT, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  for (let y = HEIGHT - 1; y >= 0; y--)
    for (let x = 0; x < WIDTH; x++) for (let k = 0; k < 3; k++) rows.push(bytes[4 * (y * WIDTH + x) + k]);
  return btoa(rows.map((level) => String.fromCharCode(level)).join(""));
};
const compiled = (gl, fragment) => {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
};

class Shadertoy {
  constructor(text) {
    const gl = this.gl = canvas.getContext("webgl2", { alpha: false, preserveDrawingBuffer: true });
    gl.getExtension("EXT_color_buffer_float");
    const parts = text.split(/^\/\/ ======== (.+) ========$/m).slice(1), tabs = [];
    for (let n = 0; n < parts.length; n += 2) tabs.push([parts[n], parts[n + 1]]);
    const common = tabs[0][1];
    this.passes = tabs.slice(1).map(([name, code]) => ({
      name, target: name === "Image" ? null : this.newTextures(),
      channels: [...(code.match(/^\/\/ (iChannel.*)$/m)?.[1] ?? "").matchAll(/iChannel(\d): ([\w ]+)/g)],
      program: compiled(gl, `#version 300 es
precision highp float;
precision highp int;
uniform vec3 iResolution;
uniform float iTime, iTimeDelta, iSampleRate;
uniform int iFrame;
${[0, 1, 2, 3].map((n) => `uniform sampler2D iChannel${n};`).join("\n")}
out vec4 shadertoy_color;
${common}
${code}
void main() { mainImage(shadertoy_color, gl_FragCoord.xy); }`),
    }));
    this.audio = this.newTexture();
    this.sound(new Float32Array(1024));
    this.frame = 0;
    this.isStateFixed = false;
  }
  newTexture() {
    const { gl } = this, texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    return texture;
  }
  newTextures() {
    const { gl } = this, framebuffer = gl.createFramebuffer();
    const textures = [0, 1].map(() => {
      const texture = this.newTexture();
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, WIDTH, HEIGHT);
      return texture;
    });
    return { framebuffer, textures, latest: 0 };
  }
  /** A row of the spectrum in [0, 1] and one of the wave. */
  sound(numbers) {
    const { gl } = this, bytes = Uint8Array.from(numbers, (level) => Math.round(255 * level));
    gl.bindTexture(gl.TEXTURE_2D, this.audio);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, 512, 2, 0, gl.RED, gl.UNSIGNED_BYTE, bytes);
  }
  state(text) {
    const { gl } = this, numbers = numbersOf(text), { target } = this.passes[0];
    for (const texture of target.textures) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 128, numbers.length / 512, gl.RGBA, gl.FLOAT, numbers);
    }
    this.isStateFixed = true;
  }
  /** The columns of the state. */
  columns() {
    const { gl } = this, { target } = this.passes[0], numbers = new Float32Array(512);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target.textures[target.latest], 0);
    gl.readPixels(0, 0, 128, 1, gl.RGBA, gl.FLOAT, numbers);
    return [...numbers].filter((_, n) => n % 4 === 0);
  }
  draw(frames) {
    const { gl } = this;
    for (let count = 0; count < frames; count++, this.frame++) {
      for (const { name, target, program, channels } of this.passes) {
        if (name === "Buffer A" && this.isStateFixed) continue;
        gl.useProgram(program);
        gl.viewport(0, 0, WIDTH, HEIGHT);
        for (const [, number, source] of channels) {
          gl.activeTexture(gl.TEXTURE0 + Number(number));
          const { target: buffer } = this.passes.find((pass) => pass.name === source) ?? {};
          gl.bindTexture(gl.TEXTURE_2D, buffer ? buffer.textures[buffer.latest] : this.audio);
          gl.uniform1i(gl.getUniformLocation(program, `iChannel${number}`), Number(number));
        }
        const at = (uniform) => gl.getUniformLocation(program, uniform);
        gl.uniform3f(at("iResolution"), WIDTH, HEIGHT, 1);
        gl.uniform1f(at("iTime"), this.frame / 60);
        gl.uniform1f(at("iTimeDelta"), 1 / 60);
        gl.uniform1f(at("iSampleRate"), 48000);
        gl.uniform1i(at("iFrame"), this.frame);
        gl.bindFramebuffer(gl.FRAMEBUFFER, target?.framebuffer ?? null);
        if (target) gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target.textures[1 - target.latest], 0);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
        if (target) target.latest = 1 - target.latest;
      }
    }
    return readPicture(gl);
  }
}

class Isf {
  constructor(text) {
    // the package knows images, but not sounds
    const gl = this.gl = canvas.getContext("webgl", { alpha: false, preserveDrawingBuffer: true });
    for (const name of ["OES_texture_float", "OES_texture_float_linear", "WEBGL_color_buffer_float"]) gl.getExtension(name);
    this.renderer = new (isfModule("./ISFRenderer.js"))(gl);
    this.text = text.replace('"audioFFT"', '"image"');
    this.load(this.text);
  }
  load(text) {
    this.renderer.loadSource(text);
    if (!this.renderer.valid) throw new Error(JSON.stringify(this.renderer.error));
  }
  state(text) {
    const { gl, renderer } = this, numbers = numbersOf(text);
    this.draw(1); // palettes
    const { buffer } = renderer.model.passes[0], palettes = new Float32Array(4 * 128 * buffer.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer.fbo);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, buffer.readTexture().texture, 0);
    gl.readPixels(0, 0, 128, buffer.height, gl.RGBA, gl.FLOAT, palettes);
    palettes.set(numbers);
    this.load(this.text.replace("state_at(at)", "state_texel(at.x, at.y)")); // a state that stays as it is
    this.draw(1);
    const fixed = renderer.model.passes[0].buffer;
    for (const { texture } of fixed.textures) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 128, fixed.height, 0, gl.RGBA, gl.FLOAT, palettes);
    }
  }
  /** Amplitudes in [0, 1] up to 22,050 Hz, as an image of one row: `audioFFT` is one, too. */
  sound(numbers) {
    const { renderer } = this, image = Object.assign(document.createElement("canvas"), { width: numbers.length, height: 1 });
    const levels = numbers.flatMap((level) => [255 * level, 0, 0, 255]);
    image.getContext("2d").putImageData(new ImageData(Uint8ClampedArray.from(levels), numbers.length), 0, 0);
    renderer.setDateUniforms = () => { // the package binds images once, and its passes after it in their place
      Object.getPrototypeOf(renderer).setDateUniforms.call(renderer);
      renderer.pushTextures();
    };
    renderer.setValue("sound", image);
  }
  draw(frames) {
    const { renderer } = this;
    for (let n = 0; n < frames; n++) {
      renderer.lastRenderTime = Date.now() - 1000 / 60;
      renderer.draw(canvas);
    }
    return readPicture(this.gl);
  }
}

class TouchDesigner {
  constructor(text) {
    const gl = this.gl = canvas.getContext("webgl2", { alpha: false, preserveDrawingBuffer: true });
    this.program = compiled(gl, `#version 300 es
precision highp float;
precision highp int;
struct TDTexInfo { vec4 res; vec4 depth; };
uniform TDTexInfo uTDOutputInfo;
vec4 TDOutputSwizzle(vec4 color) { return color; }
${text}`);
    gl.useProgram(this.program);
    gl.uniform4f(gl.getUniformLocation(this.program, "uTDOutputInfo.res"), 1 / WIDTH, 1 / HEIGHT, WIDTH, HEIGHT);
  }
  set(values) {
    const { gl } = this;
    for (const [name, value] of Object.entries(values)) {
      const location = gl.getUniformLocation(this.program, name);
      if (name === "uSound") gl.uniform3fv(location, value);
      else gl.uniform1fv(location, [value].flat());
    }
  }
  draw() {
    const { gl } = this;
    gl.viewport(0, 0, WIDTH, HEIGHT);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return readPicture(gl);
  }
}
