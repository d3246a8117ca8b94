/* SPDX-License-Identifier: MIT */
/* Finds the pictures that are to be brought to life. */
async function start(root) {
  set(root, 'data-ready', '0');
  const of = (type) => [...root.children].filter((element) =>
    element.localName === 'script' && element.getAttribute('type') === type);
  const about = JSON.parse(of('application/x-perflame+json')[0].textContent);
  if (about.format !== 3)
    return;
  const bytes = await inflate(of('application/x-perflame+deflate'));
  new Picture(root, about, readTrie(bytes));
}

/* The picture this script stands in; a script that was moved or deferred takes all that no
 * other has taken yet. */
const own = document.currentScript?.closest('svg.perflame');
const roots = own ? [own] : document.querySelectorAll('svg.perflame:not([data-ready])');
for (const root of roots)
  if (!root.hasAttribute('data-ready') && typeof DecompressionStream === 'function')
    start(root);
