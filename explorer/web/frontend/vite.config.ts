import { defineConfig } from "vite";

// The page asks for everything by relative address, so that it can be served below any path.
export default defineConfig({
  base: "./",
  build: { target: "es2022", outDir: "../page", emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  worker: { format: "es" },
  // `npm run dev` shows sources as they change; `explorer serve` beside it answers what the page asks
  server: {
    port: 3000,
    proxy: { "/api": { target: "http://127.0.0.1:8000", changeOrigin: true, headers: { origin: "http://127.0.0.1:8000" } } },
  },
});
