// Sets the colour scheme before the first paint; a file of its own, because inline scripts are refused.
(function () {
  var chosen = 'auto';
  try { chosen = localStorage.getItem('ringbook-scheme') || 'auto'; } catch { /* storage may be closed */ }
  var dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
