/* SPDX-License-Identifier: MIT */
/* Where things stand: src/draw/page.h and layout.h. */
const layoutMethods = {
  layOut() {
    const {view, root} = this;
    const real = root.getBoundingClientRect().width;
    this.width = view.width || Math.max(Math.round(real) || 1200, 280);
    this.inner = this.width - 2 * MARGIN;
    const titleSize = Math.round(view.font * 1.4);
    this.tools.setAttribute('width', this.inner);
    this.bar.style.fontSize = view.font + 'px';
    this.bar.style.width = 'max-content';
    const scale = root.getScreenCTM()?.a || 1;
    const bar = Math.ceil(this.bar.getBoundingClientRect().width / scale) + 2;
    this.barWidth = Math.min(bar > 2 ? bar : 420, this.inner);
    const titleWidth = this.titleRuler.measure(this.title.textContent);
    const apart = this.inner - this.barWidth < Math.min(titleWidth + 24, 280);
    const shift = apart ? 36 : 0;
    const titleY = 14 + titleSize + shift;
    const summaryY = titleY + Math.floor(view.font * 1.75);
    this.top = summaryY + Math.floor(view.font * 2.75);
    this.titleWidth = apart ? this.inner : this.inner - this.barWidth - 24;
    this.tools.setAttribute('x', this.width - MARGIN - this.barWidth);
    this.tools.setAttribute('width', this.barWidth);
    this.tools.setAttribute('y', 8);
    this.bar.style.width = '';
    this.title.setAttribute('y', titleY);
    this.summary.setAttribute('y', summaryY);
    this.found.setAttribute('y', summaryY);
    this.found.setAttribute('x', this.width - MARGIN);
    this.details.setAttribute('y', summaryY + Math.floor(view.font * 1.75));
    this.backdrop.setAttribute('height', this.top - 4);
  },

  y(level) {
    return this.top + (this.view.inverted ? level : this.levels - 1 - level) * this.view.row;
  },

  /* The boxes in view: those of the zoomed frame, and its ancestors, as wide as it. A search
   * finds those of the drawing before. */
  visibleBoxes() {
    const {trie, column, zoomed, view} = this;
    const key = [zoomed, this.columnIndex, this.inner].join();
    if (this.boxesKey === key)
      return this.boxes;
    this.boxesKey = key;
    const boxes = [];
    const whole = Math.max(column.total[zoomed], 0);
    const least = Math.max(view.minWidth, view.minShare / 1e6 * this.inner) / this.inner * whole;
    for (let node = zoomed; node;) {
      node = trie.parent[node];
      boxes.unshift({node, start: 0, total: whole, faded: true});
    }
    const stack = [{node: zoomed, start: 0, total: whole, faded: false}];
    let levels = 0;
    while (stack.length) {
      const box = stack.pop();
      boxes.push(box);
      levels = Math.max(levels, trie.level[box.node] + 1);
      const end = box.start + box.total, inside = [];
      let start = box.start;
      for (const node of childrenOf(trie, column, box.node, view.sort === USER_SORT_WEIGHT)) {
        const total = Math.min(column.total[node], end - start);
        if (total > 0 && total >= least)
          inside.push({node, start, total, faded: false});
        start += total;
      }
      while (inside.length)
        stack.push(inside.pop());
    }
    for (const box of boxes) {
      const full = box.faded || box.node === zoomed;
      box.x = MARGIN + (whole ? box.start / whole * this.inner : 0);
      box.width = full ? this.inner : box.total / whole * this.inner;
    }
    Object.assign(this, {least, levels, boxes});
    return boxes;
  },

  ownWidth(boxes) {
    for (let width = OWN_WIDTH; ; width *= 1.25) {
      let count = 0;
      for (const box of boxes)
        count += box.width >= width;
      if (count <= OWN_ELEMENTS || width > this.inner)
        return width;
    }
  },

  placeOf(node) {
    const drawn = this.elements.get(node);
    if (drawn)
      return drawn;
    const path = [];
    for (let at = node; at !== this.zoomed; at = this.trie.parent[at]) {
      if (!at)
        return null;
      path.unshift(at);
    }
    let start = 0;
    for (const step of path)
      for (const child of childrenOf(this.trie, this.column, this.trie.parent[step],
        this.view.sort === USER_SORT_WEIGHT)) {
        if (child === step)
          break;
        start += this.column.total[child];
      }
    const scale = this.inner / this.column.total[this.zoomed];
    return {x: MARGIN + start * scale, width: this.column.total[node] * scale};
  },

  /* The frame drawn at a point of the window, or -1. */
  hit(event) {
    const {trie, column, zoomed, view} = this;
    const matrix = this.root.getScreenCTM();
    if (!matrix)
      return -1;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const x = point.x - MARGIN, y = point.y - this.top;
    const row = Math.floor(y / view.row);
    const level = view.inverted ? row : this.levels - 1 - row;
    if (x < 0 || x >= this.inner || y < 0 || level < 0 || level >= this.levels)
      return -1;
    let node = zoomed;
    while (trie.level[node] > level)
      node = trie.parent[node];
    let place = x / this.inner * column.total[zoomed];
    while (trie.level[node] < level) {
      let inside = -1;
      for (const child of childrenOf(trie, column, node, view.sort === USER_SORT_WEIGHT)) {
        if (place < column.total[child]) {
          inside = child;
          break;
        }
        place -= column.total[child];
      }
      if (inside < 0 || column.total[inside] < this.least)
        return -1;
      node = inside;
    }
    return node;
  },
};
