/* SPDX-License-Identifier: MIT */
/* Where things stand: src/draw/page.h and layout.h. */
const layoutMethods = {
  layOut() {
    const {view, root, bar} = this;
    const real = root.getBoundingClientRect().width;
    this.width = view.width || Math.max(Math.round(real) || 1200, 280);
    this.inner = this.width - 2 * MARGIN;
    root.classList.toggle('pf-slim', this.width < 480);
    const titleSize = Math.round(view.font * 1.4);
    bar.style.width = 'max-content';
    const scale = root.getScreenCTM()?.a || 1;
    const barWidth = Math.ceil(bar.getBoundingClientRect().width / scale) + 2;
    this.barWidth = Math.min(barWidth > 2 ? barWidth : 420, this.inner);
    const titleWidth = this.titleRuler.measure(this.title.textContent);
    const apart = this.inner - this.barWidth < Math.min(titleWidth + 24, 280);
    set(this.tools, 'width', this.barWidth);
    bar.style.width = '';
    const rows = Math.max(Math.ceil(bar.offsetHeight / 32), 1); /* of controls */
    const shift = apart ? 4 + 32 * rows : 0;
    set(this.tools, 'height', 32 * rows - 2);
    set(this.panelBox, 'y', 10 + 32 * rows);
    const titleY = 14 + titleSize + shift;
    const summaryY = titleY + Math.floor(view.font * 1.75);
    this.top = summaryY + Math.floor(view.font * 2.75);
    this.titleWidth = apart ? this.inner : this.inner - this.barWidth - 24;
    set(this.tools, 'x', this.width - MARGIN - this.barWidth);
    set(this.panelBox, 'x', Math.max(this.width - MARGIN - 460, MARGIN));
    set(this.panelBox, 'width', Math.min(460, this.inner));
    set(this.tools, 'y', 8);
    set(this.title, 'y', titleY);
    set(this.summary, 'y', summaryY);
    set(this.found, 'y', summaryY);
    set(this.found, 'x', this.width - MARGIN);
    set(this.details, 'y', summaryY + Math.floor(view.font * 1.75));
    set(this.backdrop, 'height', this.top - 4);
    root.style.setProperty('--pf-head', this.top + 'px');
    this.layOutLegend();
  },

  /* In as many lines as the width asks for: src/draw/legend.c. */
  layOutLegend() {
    const {font} = this.view;
    let x = MARGIN, y = 0;
    for (const item of this.legend.children) {
      const width = this.ruler.measure(item.textContent) + font + 4;
      if (x > MARGIN && x + width > this.width - MARGIN) {
        x = MARGIN;
        y += Math.floor(font * 1.5);
      }
      set(item, 'transform', `translate(${px(x)} ${y})`);
      x += width + LEGEND_APART;
    }
    this.legendHeight = y;
  },

  isCaller(node) {
    return node >= this.trie.callers;
  },

  /* Rows count from the root, those of a sandwich's callers below nought. */
  y(node) {
    const level = this.isCaller(node) ? -this.trie.level[node] : this.trie.level[node];
    return this.top + (this.inverted ? level + this.lower : this.levels - 1 - level) * this.view.row;
  },

  children(node, callers) {
    return childrenOf(this.trie, this.column, node, this.byWeight, callers);
  },

  /* The boxes in view: those of the zoomed frame, and its ancestors, as wide as it. A search
   * finds those of the drawing before. */
  visibleBoxes() {
    const {trie, column, zoomed, view} = this;
    const key = [this.zoomed, this.columnIndex, this.inner, this.byWeight].join();
    if (this.boxesKey === key && this.boxesTrie === trie)
      return this.boxes;
    const boxes = [];
    const whole = Math.max(column.total[zoomed], 0);
    this.least = Math.max(view.minWidth, view.minShare / 1e6 * this.inner) / this.inner * whole;
    for (let node = zoomed; node;) {
      node = trie.parent[node];
      boxes.unshift({node, start: 0, total: whole, faded: true, place: 1, places: 1});
    }
    const stack = [{node: zoomed, start: 0, total: whole, faded: false, place: 1, places: 1}];
    this.levels = 1;
    this.lower = 0;
    while (stack.length) {
      const box = stack.pop();
      boxes.push(box);
      if (this.isCaller(box.node))
        this.lower = Math.max(this.lower, trie.level[box.node]);
      else
        this.levels = Math.max(this.levels, trie.level[box.node] + 1);
      if (!box.node)
        this.enterBox(box, stack, this.children(0, true));
      this.enterBox(box, stack, this.children(box.node, false));
    }
    for (const box of boxes) {
      const full = box.faded || box.node === zoomed;
      box.x = MARGIN + (whole ? box.start / whole * this.inner : 0);
      box.width = full ? this.inner : box.total / whole * this.inner;
    }
    Object.assign(this, {boxes, boxesKey: key, boxesTrie: trie});
    return boxes;
  },

  /* Puts the children that are wide enough on the stack, the first on top. */
  enterBox(box, stack, children) {
    const end = box.start + box.total, from = stack.length;
    let start = box.start;
    children.forEach((node, i) => {
      const total = Math.min(this.column.total[node], end - start);
      if (total > 0 && total >= this.least)
        stack.push({node, start, total, faded: false, place: i + 1, places: children.length});
      start += total;
    });
    for (let low = from, high = stack.length - 1; low < high; low++, high--)
      [stack[low], stack[high]] = [stack[high], stack[low]];
  },

  ownWidth(boxes) {
    for (let width = OWN_WIDTH; ; width *= 1.25) {
      let count = 0;
      for (const box of boxes)
        count += box.width < width ? 0 : box.width < LABEL_WIDTH ? 3 : 4;
      if (count <= OWN_ELEMENTS || width > this.inner)
        return width;
    }
  },

  /* Where a box is, or would be if it were wide enough; null outside what is zoomed to. */
  placeOf(node) {
    const drawn = this.elements.get(node);
    if (drawn)
      return drawn;
    const {trie, column, zoomed} = this;
    let start = 0;
    for (let at = node; at !== zoomed; at = trie.parent[at]) {
      if (!at)
        return null;
      for (const child of this.children(trie.parent[at], this.isCaller(at))) {
        if (child === at)
          break;
        start += column.total[child];
      }
    }
    const scale = this.inner / column.total[zoomed];
    return {x: MARGIN + start * scale, width: column.total[node] * scale};
  },

  /* The frame drawn at a point of the window, or -1. */
  hit(event) {
    const {trie, column, zoomed, view} = this;
    const matrix = this.root.getScreenCTM();
    if (!matrix || this.tabled)
      return -1;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const x = point.x - MARGIN, row = Math.floor((point.y - this.top) / view.row);
    const level = this.inverted ? row - this.lower : this.levels - 1 - row;
    if (x < 0 || x >= this.inner || level < -this.lower || level >= this.levels ||
        (level && zoomed && level < 0 !== this.isCaller(zoomed)))
      return -1;
    const depth = Math.abs(level);
    let node = zoomed;
    while (trie.level[node] > depth)
      node = trie.parent[node];
    let place = x / this.inner * column.total[zoomed];
    while (trie.level[node] < depth) {
      let inside = -1;
      for (const child of this.children(node, level < 0)) {
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
