/* SPDX-License-Identifier: MIT */
/* A picture: its state, and what changes it. Its other methods stand in files of their own. */
class Picture {
  constructor(root, about, trie) {
    this.root = root;
    this.trie = trie;
    this.view = about.view;
    this.palettes = about.palette.map((text) => text.match(/.{6}/g).map((code) => '#' + code));
    this.isDocument = document.documentElement === root;
    this.zoomed = 0;
    this.current = 0;   /* the frame that has, or would get, the focus */
    this.hovered = -1;
    this.past = [];     /* frames zoomed to before */
    this.pattern = '';
    this.matchCase = false;
    this.matches = null; /* per frame */
    this.columnIndex = this.view.column;
    this.column = openColumn(trie, this.columnIndex);
    this.ruler = makeRuler(root, this.view.font);
    this.titleRuler = makeRuler(root, Math.round(this.view.font * 1.4));
    this.adopt();
    this.build();
    this.listen();
    this.readLocation();
    this.layOut();
    this.draw();
    this.showRoot();
    root.setAttribute('data-ready', '1');
  }

  adopt() {
    const one = (name) => this.root.querySelector('.' + name);
    this.page = one('pf-page');
    this.frames = one('pf-frames');
    this.narrow = one('pf-narrow');
    this.wide = one('pf-wide');
    this.legend = one('pf-legend');
    this.head = one('pf-head');
    this.title = this.head.querySelector('.pf-title');
    this.summary = this.head.querySelector('.pf-dim');
    this.legendY = Number(this.legend.querySelector('text')?.getAttribute('y') ?? 0);
  }

  zoom(node, remember = true) {
    if (node === this.zoomed || !(this.column.total[node] > 0))
      return;
    if (remember)
      this.past.push(this.zoomed);
    this.zoomed = this.current = node;
    this.hovered = -1;
    this.writeLocation(remember);
    this.draw();
  }

  back() {
    if (!this.past.length)
      return;
    this.zoom(this.past.pop(), false);
    this.drawBar();
  }

  reset() {
    this.setPattern('');
    this.past = [];
    this.zoomed = this.current = 0;
    this.hovered = -1;
    this.writeLocation(true);
    this.draw();
  }

  showColumn(index) {
    this.columnIndex = index;
    this.column = openColumn(this.trie, index);
    while (this.zoomed && !(this.column.total[this.zoomed] > 0))
      this.zoomed = this.trie.parent[this.zoomed];
    this.current = this.zoomed;
    this.past = [];
    if (this.select)
      this.select.value = String(index);
    this.writeLocation(true);
    this.draw();
  }
}

Object.assign(Picture.prototype, layoutMethods, paintMethods, headMethods, searchMethods, keyMethods,
  locationMethods);
