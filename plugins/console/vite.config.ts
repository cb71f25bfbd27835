import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const bridge = process.env['RINGBOOK_URL'] ?? 'http://127.0.0.1:8080';
const contracts = fileURLToPath(new URL('../contracts/src/', import.meta.url));

export default defineConfig({
  plugins: [react()],
  // The contracts are compiled with the console, module by module: what is only a type costs nothing.
  resolve: { alias: [{ find: /^@ringbook\/contracts\/(.+)$/, replacement: `${contracts}$1.ts` }] },
  server: { host: '127.0.0.1', proxy: { '/api': { target: bridge, ws: true } } },
  build: {
    target: 'es2022',
    // No data: addresses: the page runs under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
