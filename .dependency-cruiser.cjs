/**
 * Which way dependencies go (ARCHITECTURE.md). Read by dependency-cruiser over the built dist/*.js, because no parser it
 * knows takes TypeScript 7; imports of types, which are gone there, are held against the same table by scripts/dependencies.mjs.
 */

const { LAYERS, ALLOWED, rank } = require('./scripts/layers.cjs');

/** Packages without I/O, clock or randomness of their own: all that a file without a suffix may import. */
const PURE_PACKAGES = ['zod', '@ringbook/contracts', 'libphonenumber-js', 'ical.js', 'rrule-temporal', 'temporal-polyfill', 'fast-xml-parser', 'handlebars'];

const folders = LAYERS.flat();
const dist = (path) => `(^|/)dist/${path}`;
const allowedFrom = (folder) => ALLOWED.filter(([from]) => from.startsWith(folder)).map(([, to]) => to);

const oneWay = folders.filter((folder) => folder !== 'role').map((folder) => ({
  name: `one-way-${folder}`, severity: 'error',
  comment: `${folder}/ may import only what stands above it in LAYERS`,
  from: { path: dist(`${folder}/`) },
  to: {
    path: dist(`(${folders.filter((other) => other !== folder && rank(other) >= rank(folder)).join('|')})/`),
    pathNot: allowedFrom(folder).map((to) => dist(to)),
  },
}));

/** name.js, and not name.service.js; main.js and test files are no part of it. */
const PURE = dist('.+/[^/.]+[.]js$');

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...oneWay,
    { name: 'pure-no-node', severity: 'error', comment: 'A file without a suffix does no I/O', from: { path: PURE }, to: { dependencyTypes: ['core'] } },
    { name: 'pure-no-impure', severity: 'error', comment: 'A file without a suffix imports no file with one', from: { path: PURE }, to: { path: dist('.+/[^/]+\\.[a-z]+\\.js$') } },
    { name: 'pure-packages', severity: 'error', comment: 'See PURE_PACKAGES', from: { path: PURE }, to: { dependencyTypesNot: ['core', 'local'], path: 'node_modules|^[^./]', pathNot: [...PURE_PACKAGES.map((name) => `(^|node_modules/)${name}(/|$)`), '(^|/)dist/', 'plugins/contracts/'] } },
    { name: 'adapters-apart', severity: 'error', comment: 'Adapters of different peers do not know each other', from: { path: dist('adapter/([^/]+)/') }, to: { path: dist('adapter/'), pathNot: dist('adapter/$2/') } },
    { name: 'no-role', severity: 'error', comment: 'Composition roots are imported by main only', from: { path: dist('.+'), pathNot: [dist('role/'), dist('main\\.js$')] }, to: { path: dist('role/') } },
    { name: 'no-test', severity: 'error', from: { path: dist('.+') }, to: { path: '(^|/)test/|\\.test\\.' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'plugins/contracts'] },
    exclude: { path: '\\.d\\.ts$|\\.map$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
