/** From the bottom up. A folder may import the ones in lines above its own, and nothing beside it in its line. */
const LAYERS = [
  ['shared'],
  ['config'],
  ['store', 'queue', 'http'], // the ground that impure files stand on; pure files do not import them
  ['number'],
  ['line'],
  ['call', 'contact', 'calendar', 'prompt'],
  ['presence', 'profile', 'directory', 'voicemail', 'sync'],
  ['handling', 'agenda'],
  ['flow'],
  ['pop', 'attendant', 'account', 'practice', 'import'],
  ['adapter'], // knows the ports that stand beside their consumers
  ['bridge', 'live', 'chat', 'related'],
  ['role'],
];
/** What breaks the table on purpose, as [from, to, why]. */
const ALLOWED = [
  ['config/config', 'adapter/asterisk/url', 'AMI_URL is read by the one parser of such addresses, which is pure'],
];

const rank = (folder) => LAYERS.findIndex((layer) => layer.includes(folder));
module.exports = { LAYERS, ALLOWED, rank };
