/* SPDX-License-Identifier: MIT */
/* The state as text, by names: in the location where the SVG is the document. */
const locationMethods = {
  /* Siblings can share a name (of another object): ~2 is the second. A name that ends so itself
   * has its ~ written otherwise. */
  pathOf(node) {
    const path = [];
    for (; node; node = this.trie.parent[node]) {
      const name = frameName(this.trie, node), above = this.trie.parent[node];
      let same = 1;
      for (let child = above + 1; child < node; child = this.trie.end[child])
        same += frameName(this.trie, child) === name;
      const text = encodeURIComponent(name).replace(/~(?=\d+$)/, '%7E');
      path.unshift(text + (same > 1 ? '~' + same : ''));
    }
    return path.join(';');
  },

  nodeOf(path) {
    let node = 0;
    for (const part of path.split(';')) {
      const [, name, same] = /^(.*?)(?:~(\d+))?$/.exec(part);
      let left = Number(same || 1), found = 0;
      for (let child = node + 1; child < this.trie.end[node] && !found;
        child = this.trie.end[child])
        if (frameName(this.trie, child) === decodeURIComponent(name) && !--left)
          found = child;
      if (!found)
        return node;
      node = found;
    }
    return node;
  },

  /* The whole state as text; nothing for the picture as it was made. */
  address() {
    const {shape, view} = this, parts = [];
    const add = (key, value) => value && parts.push(`${key}=${value}`);
    add('zoom', this.pathOf(this.zoomed));
    add('search', encodeURIComponent(this.pattern));
    add('case', this.pattern && this.matchCase ? 1 : 0);
    if (this.columnIndex !== view.column)
      parts.push('weight=' + this.columnIndex);
    for (const key of ['focus', 'drop', 'hide'])
      for (const name of shape[key])
        add(key, encodeURIComponent(name));
    for (const key of ['merge', 'collapse', 'leaf'])
      add(key, shape[key] ? 1 : 0);
    add('sandwich', encodeURIComponent(shape.sandwich));
    if (this.inverted !== Boolean(view.inverted))
      parts.push('inverted=' + Number(this.inverted));
    if (this.byWeight !== (view.sort === USER_SORT_WEIGHT))
      parts.push('sort=' + (this.byWeight ? 'weight' : 'name'));
    add('table', this.tabled ? 1 : 0);
    return parts.join('&');
  },

  /* The inverse of address; what makes no sense counts as nothing. */
  restore(text) {
    const state = new Map(), all = {focus: [], drop: [], hide: []};
    for (const part of text.split('&')) {
      const at = part.indexOf('='), key = part.slice(0, at);
      state.set(key, part.slice(at + 1));
      all[key]?.push(decodeURIComponent(part.slice(at + 1)));
    }
    const isOn = (key) => state.get(key) === '1';
    const shape = {...PLAIN(), ...all, merge: isOn('merge'), collapse: isOn('collapse'),
      leaf: isOn('leaf'), sandwich: decodeURIComponent(state.get('sandwich') || '')};
    if (JSON.stringify(shape) !== JSON.stringify(this.shape))
      this.setShape(shape);
    const index = Number(state.get('weight') || this.view.column);
    this.setColumn(this.trie.columns[index] ? index : this.view.column);
    const node = state.has('zoom') ? this.nodeOf(state.get('zoom')) : 0;
    this.zoomed = this.current = this.column.total[node] > 0 ? node : 0;
    this.matchCase = isOn('case');
    this.setPattern(decodeURIComponent(state.get('search') || ''));
    this.inverted = state.has('inverted') ? isOn('inverted') : Boolean(this.view.inverted);
    this.byWeight = (state.get('sort') || (this.view.sort === USER_SORT_WEIGHT ? 'weight' : '')) ===
      'weight';
    this.tabled = isOn('table');
  },

  /* After a step: the state before can be gone back to. */
  remember(before, step) {
    const now = this.address();
    if (now === before)
      return;
    if (step)
      this.past.push(before);
    this.writeLocation(step);
  },

  writeLocation(step) {
    if (!this.isDocument)
      return;
    const now = this.address(), pushes = step && this.ownsHistory;
    try {
      const url = now ? '#' + now : location.pathname + location.search;
      history[pushes ? 'pushState' : 'replaceState'](null, '', url);
      this.pushed += pushes ? 1 : 0;
    } catch (error) {
      /* A sandbox without history: the picture works all the same. */
    }
  },

  back() {
    if (!this.past.length)
      return;
    this.restore(this.past.pop());
    this.draw();
    if (this.pushed) {
      this.pushed--;
      history.back();
    } else {
      this.writeLocation(false);
    }
  },

  readLocation() {
    try {
      if (this.isDocument)
        this.restore(location.hash.slice(1));
    } catch (error) {
      /* Somebody else's fragment. */
    }
  },

  /* The browser's own Back and Forward, or another fragment. */
  followLocation() {
    const now = this.address(), next = location.hash.slice(1);
    if (next === now)
      return;
    if (this.past.at(-1) === next) {
      this.past.pop();
      this.pushed = Math.max(this.pushed - 1, 0);
    } else {
      this.past.push(now);
      this.pushed += this.ownsHistory ? 1 : 0;
    }
    this.readLocation();
    this.draw();
  },
};
