/* SPDX-License-Identifier: MIT */
/* The state in the location, by names, where the SVG is the document. */
const locationMethods = {
  /* Siblings can share a name (of another object): ~2 is the second. */
  pathOf(node) {
    const path = [];
    for (; node; node = this.trie.parent[node]) {
      const name = frameName(this.trie, node), above = this.trie.parent[node];
      let same = 1;
      for (let child = above + 1; child < node; child = this.trie.end[child])
        same += frameName(this.trie, child) === name;
      path.unshift(encodeURIComponent(name) + (same > 1 ? '~' + same : ''));
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

  writeLocation(step) {
    if (!this.isDocument)
      return;
    const parts = [];
    if (this.zoomed)
      parts.push('zoom=' + this.pathOf(this.zoomed));
    if (this.pattern)
      parts.push('search=' + encodeURIComponent(this.pattern));
    if (this.pattern && this.matchCase)
      parts.push('case=1');
    if (this.columnIndex !== this.view.column)
      parts.push('weight=' + this.columnIndex);
    this.written = parts.length ? '#' + parts.join('&') : '';
    const address = this.written || location.pathname + location.search;
    try {
      if (step && location.hash !== this.written)
        history.pushState(null, '', address);
      else
        history.replaceState(null, '', address);
    } catch (error) {
      /* A sandbox without history: the picture works all the same. */
    }
  },

  readLocation() {
    if (!this.isDocument)
      return;
    try {
      const state = new Map(location.hash.slice(1).split('&').map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at), part.slice(at + 1)];
      }));
      const index = Number(state.get('weight') || this.view.column);
      if (this.trie.columns[index]) {
        this.columnIndex = index;
        this.column = openColumn(this.trie, index);
        if (this.select)
          this.select.value = String(index);
      }
      const node = state.has('zoom') ? this.nodeOf(state.get('zoom')) : 0;
      this.zoomed = this.current = this.column.total[node] > 0 ? node : 0;
      this.matchCase = state.get('case') === '1';
      this.setPattern(decodeURIComponent(state.get('search') || ''));
    } catch (error) {
      /* Somebody else's fragment. */
    }
  },

  followLocation() {
    if (location.hash === this.written)
      return;
    this.readLocation();
    this.past = [];
    this.written = location.hash;
    this.draw();
  },
};
