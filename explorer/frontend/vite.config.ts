import { defineConfig, type BuildEnvironmentOptions } from "vite";

const page: BuildEnvironmentOptions = { outDir: "../web/page", assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 };
// one module without imports: anywidget sends its text to the notebook
const notebook: BuildEnvironmentOptions = {
  outDir: "../notebook/module", copyPublicDir: false, lib: { entry: "src/notebook.ts", formats: ["es"], fileName: "live_view" },
};

// `vite build` builds the page, `vite build --mode notebook` the module of the notebook's live view.
// The page asks for everything by relative address, so that it can be served below any path.
export default defineConfig(({ mode }) => ({
  base: "./",
  build: { target: "es2022", emptyOutDir: true, ...(mode === "notebook" ? notebook : page) },
  worker: { format: "es" },
  // `npm run dev` shows sources as they change; `explorer serve` beside it answers what the page asks
  server: {
    port: 3000,
    proxy: { "/api": { target: "http://127.0.0.1:8000", changeOrigin: true, headers: { origin: "http://127.0.0.1:8000" } } },
  },
}));
