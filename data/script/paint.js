/* SPDX-License-Identifier: MIT */
/* Drawing what is visible. */
const set = (element, name, value) => element.setAttribute(name, value);

function make(namespace, name, attributes, parent) {
  const element = document.createElementNS(namespace, name);
  for (const key in attributes)
    set(element, key, attributes[key]);
  if (parent)
    parent.appendChild(element);
  return element;
}

function makeButton(parent, text, action, attributes) {
  const button = make(HTML, 'button', {type: 'button', ...attributes}, parent);
  button.textContent = text;
  button.addEventListener('click', action);
  return button;
}

const classOf = (swatch) => 's' + String(swatch).padStart(2, '0');

const paintMethods = {
  isDark() {
    const theme = this.root.getAttribute('data-theme');
    return theme === 'dark' || (theme === 'auto' && this.prefersDark.matches);
  },

  draw() {
    const colours = this.palettes[this.isDark() ? 1 : 0];
    const [page, text, dim, label, match, matchLabel] = colours.slice(SWATCHES);
    Object.assign(this, {colours, match, matchLabel});
    const boxes = this.visibleBoxes();
    const focus = document.activeElement;
    const hadFocus = focus !== this.root && this.root.contains(focus);
    this.drawBoxes(boxes, colours);
    this.drawNarrow(boxes);
    set(this.wide, 'stroke', page);
    set(this.frames, 'fill', label);
    for (const element of [this.page, this.backdrop])
      set(element, 'fill', page);
    for (const element of [this.title, this.details, this.found])
      set(element, 'fill', text);
    for (const element of this.root.querySelectorAll('.pf-dim'))
      set(element, 'fill', dim);
    for (const element of this.legend.querySelectorAll('rect'))
      set(element, 'fill', colours[Number(element.getAttribute('class').slice(1))]);
    if (this.isDocument)
      this.root.style.background = page;
    this.root.style.colorScheme = this.isDark() ? 'dark' : 'light'; /* of scroll bars, too */
    for (const element of [this.cursor, this.same])
      set(element, 'stroke', text);
    for (const element of [this.bar, this.panel, this.table]) {
      element.style.color = text;
      element.style.background = element === this.bar ? '' : page;
    }
    this.drawTable();
    set(this.frames, 'visibility', this.tabled ? 'hidden' : 'visible');
    this.resize();
    const laid = [this.tabled, this.inverted, this.shape.sandwich].join();
    if (laid !== this.laid)
      this.showRoot();
    this.laid = laid;
    this.drawWords();
    this.drawBar();
    this.setCurrent(this.current, false);
    if (hadFocus)
      this.keepFocus(focus);
    this.showDetails();
  },

  /* What had the focus may be gone, hidden or disabled; and a picture without it hears no keys. */
  keepFocus(before) {
    const now = document.activeElement;
    if (now !== this.root && this.root.contains(now) && !this.wide.contains(now) && !now.disabled)
      return;
    const to = this.tabled ? this.table.querySelector('button')
      : this.elements.get(this.current)?.element;
    to?.focus({preventScroll: this.head.contains(before)});
  },

  /* A search changes colours alone: then the elements of the drawing before stay. */
  drawBoxes(boxes, colours) {
    const drawing = [boxes, colours, this.inverted, this.top];
    if (!drawing.every((part, i) => part === this.drawing?.[i])) {
      const own = this.ownWidth(boxes), wide = document.createDocumentFragment();
      this.drawing = drawing;
      this.elements = new Map();
      for (const box of boxes)
        if (box.width >= own)
          this.drawBox(box, wide);
        else
          box.element = null;
      this.wide.replaceChildren(wide);
    }
    for (const box of this.elements.values())
      this.paintBox(box, this.isMatch(box.node));
  },

  drawBox(box, parent) {
    const {trie, column, view} = this;
    const y = this.y(box.node), name = frameName(trie, box.node);
    const group = make(SVG, 'g', {
      role: 'treeitem',
      'aria-level': trie.level[box.node] + 1,
      'aria-setsize': box.places,
      'aria-posinset': box.place,
      'aria-label': `${name}, ${weightText(column.total[box.node], column.unit)}, ` +
        shareText(column.total[box.node], column.total[0]),
      tabindex: -1,
    }, parent);
    const rect = make(SVG, 'rect', {x: px(box.x), y: px(y), width: px(box.width),
      height: px(view.row - 1), rx: 2}, group);
    if (box.faded)
      set(rect, 'opacity', 0.45);
    group.node = box.node;
    box.element = group;
    box.matched = undefined;
    this.elements.set(box.node, box);
    const label = box.width >= LABEL_WIDTH ? this.ruler.fit(name, box.width - 8) : '';
    if (label)
      make(SVG, 'text', {x: px(box.x + 4), y: px(y + (view.row - 1) / 2 + view.font * 0.35),
        stroke: 'none'}, group).textContent = label;
  },

  paintBox(box, matched) {
    if (box.matched === matched)
      return;
    box.matched = matched;
    const [rect, text] = box.element.children;
    const swatch = swatchOf(this.trie, box.node, this.view.colour);
    set(rect, 'class', matched ? '' : classOf(swatch));
    set(rect, 'fill', matched ? this.match : this.colours[swatch]);
    if (matched && text && !box.faded)
      set(text, 'fill', this.matchLabel);
    else
      text?.removeAttribute('fill');
  },

  /* All narrow boxes of a colour as one path, as src/draw/svg.c writes it. */
  drawNarrow(boxes) {
    const paths = new Map(), {view} = this, high = view.row - 1;
    const narrow = boxes.filter(({element}) => !element).map(({node, x, width}) => ({
      swatch: this.isMatch(node) ? SWATCHES : swatchOf(this.trie, node, view.colour),
      y: this.y(node),
      left: Math.round(x * 10),
      right: Math.round((x + width) * 10),
    }));
    narrow.sort((a, b) => a.swatch - b.swatch || a.y - b.y || a.left - b.left || a.right - b.right);
    narrow.forEach(({swatch, y, left, right}, i) => {
      const before = narrow[i - 1], path = paths.get(swatch);
      const move = !path || y !== before.y
        ? `${path ? 'v1' : ''}M${left} ${((y + high) / high).toFixed(4)}v-1`
        : left === before.right ? '' : `v1h${left - before.right}v-1`;
      paths.set(swatch, (path || '') + move + `h${right - left}`);
    });
    this.narrow.replaceChildren(...[...paths].map(([swatch, d]) => make(SVG, 'path', {
      class: swatch < SWATCHES ? classOf(swatch) : '',
      fill: swatch < SWATCHES ? this.colours[swatch] : this.match,
      d: d + 'v1',
    })));
  },

  /* The picture is as high as what it shows; where it is the document, the root stays put. */
  resize() {
    const {root, view} = this;
    const high = this.tabled ? this.tableHeight : (this.levels + this.lower) * view.row;
    const legendY = this.top + high + 10 + view.font;
    const height = legendY + this.legendHeight + 14;
    set(this.legend, 'transform', `translate(0 ${px(legendY)})`);
    set(root, 'viewBox', `0 0 ${px(this.width)} ${px(height)}`);
    if (this.height !== height) {
      const below = this.height && this.isDocument && !this.inverted
        ? this.height - window.scrollY : null;
      set(root, 'height', px(height));
      this.height = height;
      if (below !== null)
        window.scrollTo(window.scrollX, height - below);
      this.holdHead();
    }
  },

  /* The head stays in sight while the picture is scrolled through. */
  holdHead() {
    const above = -this.root.getBoundingClientRect().top;
    const shift = Math.min(Math.max(above, 0), Math.max(this.height - this.top - 60, 0));
    if (shift > 0)
      set(this.head, 'transform', `translate(0 ${px(shift)})`);
    else
      this.head.removeAttribute('transform');
  },

  /* Where the picture is the document, it opens with the root in view: in the middle, if there
   * are callers below it. */
  showRoot() {
    if (!this.isDocument)
      return;
    window.scrollTo(0, this.tabled ? 0 : this.lower ? this.y(0) - window.innerHeight / 2
      : this.inverted ? 0 : this.height);
  },

  /* A line around every box of the same function. */
  showSame(node) {
    const {trie} = this, d = [];
    if (node >= 0 && !isAll(trie, node)) {
      const name = trie.name[trie.frame[node]];
      for (const box of this.boxes)
        if (box.node !== node && !isAll(trie, box.node) && trie.name[trie.frame[box.node]] === name)
          d.push(`M${px(box.x)} ${px(this.y(box.node))}h${px(Math.max(box.width, 0.5))}` +
            `v${px(this.view.row - 1)}H${px(box.x)}z`);
    }
    set(this.same, 'd', d.join(''));
  },

  /* A frame around a box, also around one that is a part of a path. */
  showCursor(node) {
    const place = node >= 0 ? this.placeOf(node) : null;
    this.showSame(node);
    set(this.cursor, 'visibility', place ? 'visible' : 'hidden');
    if (!place)
      return;
    set(this.cursor, 'x', px(place.x));
    set(this.cursor, 'y', px(this.y(node)));
    set(this.cursor, 'width', px(Math.max(place.width, 1)));
    set(this.cursor, 'height', px(this.view.row - 1));
  },
};
