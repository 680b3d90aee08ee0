import { defineConfig } from "vite";

// Everything a page needs is served by kubelore itself, below /static/.
export default defineConfig({
  base: "/static/",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: { input: "graphiql.html" },
  },
  worker: { format: "es" },
});
