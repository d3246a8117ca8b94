/* SPDX-License-Identifier: MIT */
/* A picture: its state, and what changes it. Its other methods stand in files of their own.
 *
 * Whatever a person changes goes through `change`, which remembers the state before as the text
 * that also stands in the location (location.js): so everything can be undone. */
const PLAIN = () => ({focus: [], drop: [], hide: [], merge: false, collapse: false, leaf: false,
  sandwich: ''});

class Picture {
  constructor(root, about, trie) {
    this.root = root;
    this.whole = this.trie = trie;
    this.view = about.view;
    this.palettes = about.palette.map((text) => text.match(/.{6}/g).map((code) => '#' + code));
    this.isDocument = document.documentElement === root;
    /* In a frame, history is the whole page's: going back in it can undo a step of another picture. */
    this.ownsHistory = window.parent === window;
    this.zoomed = 0;
    /* The frame that has, or would get, the focus. */
    this.current = 0;
    this.hovered = -1;
    /* States before, and how many of them the browser has too. */
    this.past = [];
    this.pushed = 0;
    this.pattern = '';
    this.matchCase = false;
    /* Per frame, and where the search stands. */
    this.matches = null;
    this.matchAt = -1;
    this.shape = PLAIN();
    this.inverted = Boolean(this.view.inverted);
    this.byWeight = this.view.sort === USER_SORT_WEIGHT;
    this.tabled = false;
    this.columnIndex = this.view.column;
    this.column = openColumn(trie, this.columnIndex);
    this.ruler = makeRuler(root, this.view.font);
    this.titleRuler = makeRuler(root, Math.round(this.view.font * 1.4), '600');
    this.adopt();
    this.build();
    this.listen();
    this.readLocation();
    this.layOut();
    this.draw();
    set(root, 'data-ready', '1');
  }

  adopt() {
    const one = (name) => this.root.querySelector('.' + name);
    this.page = one('pf-page');
    this.frames = one('pf-frames');
    this.narrow = one('pf-narrow');
    this.wide = one('pf-wide');
    this.frames.replaceChildren(this.narrow, this.wide);
    this.narrow.replaceChildren(); /* what is drawn anew need not be laid out first */
    this.wide.replaceChildren();
    this.legend = one('pf-legend');
    this.head = one('pf-head');
    this.title = this.head.querySelector('.pf-title');
    this.summary = this.head.querySelector('.pf-dim');
  }

  change(action, step = true) {
    const before = this.address();
    action();
    this.hovered = -1;
    this.remember(before, step);
    this.draw();
  }

  zoom(node) {
    if (node !== this.zoomed && this.column.total[node] > 0)
      this.change(() => {
        this.zoomed = this.current = node;
      });
  }

  reset() {
    this.change(() => this.restore(''));
  }

  showColumn(index) {
    this.change(() => {
      this.setColumn(index);
      this.current = this.zoomed;
    });
  }

  setColumn(index) {
    this.columnIndex = index;
    this.column = openColumn(this.trie, index);
    while (this.zoomed && !(this.column.total[this.zoomed] > 0))
      this.zoomed = this.trie.parent[this.zoomed];
  }

  /* Turns one of `inverted`, `byWeight` and `tabled`. */
  flip(what) {
    this.change(() => {
      this[what] = !this[what];
    });
  }

  /* Another shape; what was zoomed to stays, as far as there is such a path. */
  reshape(changes) {
    this.change(() => {
      const path = this.pathOf(this.zoomed);
      this.setShape({...this.shape, ...changes});
      this.zoomed = this.current = this.nodeOf(path);
      this.setColumn(this.columnIndex);
    });
  }

  setShape(shape) {
    this.shape = shape;
    this.trie = shapeTrie(this.whole, shape);
    this.column = openColumn(this.trie, this.columnIndex);
    this.zoomed = this.current = 0;
    this.matchAt = -1;
  }

  /* Whether it can be done with the frame that was chosen last. */
  canDo(what) {
    const {trie, current} = this;
    return !isAll(trie, current) && (trie.class[trie.frame[current]] !== GROUP ||
      what !== 'hide' && what !== 'sandwich');
  }

  frameAction(what) {
    const {trie, current, shape} = this;
    if (!this.canDo(what))
      return;
    const name = frameName(trie, current);
    if (what === 'zoom')
      this.zoom(current);
    else if (what === 'copy')
      this.copy(name, 'name');
    else if (what === 'stack')
      this.copy(this.stackOf(current).join('\n'), 'stack');
    else if (what === 'sandwich')
      this.reshape({sandwich: name, leaf: false});
    else if (!shape[what].includes(name))
      this.reshape({[what]: [...shape[what], name]});
  }

  /* Names from the root to a frame; in leaf first order they are the other way round. */
  stackOf(node) {
    const names = [];
    for (let at = node; !isAll(this.trie, at); at = this.trie.parent[at]) {
      names.unshift(frameName(this.trie, at));
      if (!at)
        break;
    }
    return this.isCaller(node) ? names.reverse() : names;
  }
}

Object.assign(Picture.prototype, layoutMethods, paintMethods, headMethods, panelMethods,
  tableMethods, searchMethods, keyMethods, locationMethods);
