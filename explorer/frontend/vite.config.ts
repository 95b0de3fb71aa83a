import { fileURLToPath } from "node:url";
import { defineConfig, type BuildEnvironmentOptions } from "vite";

const page: BuildEnvironmentOptions = { outDir: "../web/page", assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 };
// one module without imports: anywidget sends its text to the notebook
const notebook: BuildEnvironmentOptions = {
  outDir: "../notebook/module", copyPublicDir: false, lib: { entry: "src/notebook.ts", formats: ["es"], fileName: "live_view" },
};

const workletUrl = fileURLToPath(new URL("src/export/workletUrl.ts", import.meta.url));
// the script of exported pages, and its audio worklet, which are put into the page
const script = (entry: string, fileName: string): BuildEnvironmentOptions => ({
  outDir: `../shaders/${fileName}`, copyPublicDir: false, lib: { entry: `src/${entry}`, formats: ["iife"], name: fileName, fileName: () => `${fileName}.js` },
});
const builds: Record<string, BuildEnvironmentOptions> = { notebook, player: script("player.ts", "player"), worklet: script("audio/worklet.ts", "worklet") };

// `vite build` builds the page, `vite build --mode notebook` the module of the notebook's live view, `--mode player` and `--mode worklet` exported pages.
// The page asks for everything by relative address, so that it can be served below any path.
export default defineConfig(({ mode }) => ({
  base: "./",
  build: { target: "es2022", emptyOutDir: true, ...(builds[mode] ?? page) },
  resolve: { alias: mode === "player" ? [{ find: "./worklet.ts?worker&url", replacement: workletUrl }] : [] },
  worker: { format: "es" },
  // `npm run dev` shows sources as they change; `explorer serve` beside it answers what the page asks
  server: {
    port: 3000,
    proxy: { "/api": { target: "http://127.0.0.1:8000", changeOrigin: true, headers: { origin: "http://127.0.0.1:8000" } } },
  },
}));
