/* SPDX-License-Identifier: MIT */
/* Drawing what is visible. */
function make(namespace, name, attributes, parent) {
  const element = document.createElementNS(namespace, name);
  for (const key in attributes)
    element.setAttribute(key, attributes[key]);
  if (parent)
    parent.appendChild(element);
  return element;
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
    const own = this.ownWidth(boxes);
    const hadFocus = this.wide.contains(document.activeElement);
    this.elements = new Map();
    const paths = new Map();
    const wide = document.createDocumentFragment();
    for (const box of boxes) {
      const matched = this.matches && box.node && this.matches[this.trie.frame[box.node]];
      if (box.width >= own)
        this.drawBox(box, matched, wide);
      else
        this.drawNarrow(box, matched, paths);
    }
    this.narrow.replaceChildren(...[...paths].sort((a, b) => a[0] - b[0])
      .map(([swatch, d]) => make(SVG, 'path', swatch < SWATCHES
        ? {class: classOf(swatch), fill: colours[swatch], d: d.join('')}
        : {fill: match, d: d.join('')})));
    this.wide.replaceChildren(wide);
    this.wide.setAttribute('stroke', page);
    this.frames.setAttribute('fill', label);
    for (const element of [this.page, this.backdrop])
      element.setAttribute('fill', page);
    for (const element of [this.title, this.details, this.found])
      element.setAttribute('fill', text);
    for (const element of this.root.querySelectorAll('.pf-dim'))
      element.setAttribute('fill', dim);
    for (const element of this.legend.querySelectorAll('rect'))
      element.setAttribute('fill', colours[Number(element.getAttribute('class').slice(1))]);
    if (this.isDocument)
      this.root.style.background = page;
    this.cursor.setAttribute('stroke', text);
    this.bar.style.color = text;
    this.bar.style.colorScheme = this.isDark() ? 'dark' : 'light';
    this.resize();
    this.drawWords();
    this.drawBar();
    this.setCurrent(this.current, hadFocus);
    this.showDetails();
  },

  drawBox(box, matched, parent) {
    const {trie, column, view} = this;
    const swatch = swatchOf(trie, box.node, view.colour);
    const y = this.y(trie.level[box.node]);
    const name = frameName(trie, box.node);
    const group = make(SVG, 'g', {
      role: 'treeitem',
      'aria-level': trie.level[box.node] + 1,
      'aria-label': `${name}, ${weightText(column.total[box.node], column.unit)}, ` +
        shareText(column.total[box.node], column.total[0]),
      tabindex: -1,
    }, parent);
    const rect = make(SVG, 'rect', {x: px(box.x), y: px(y), width: px(box.width),
      height: px(view.row - 1), rx: 2}, group);
    if (!matched)
      rect.setAttribute('class', classOf(swatch));
    rect.setAttribute('fill', matched ? this.match : this.colours[swatch]);
    if (box.faded)
      rect.setAttribute('opacity', 0.45);
    group.node = box.node;
    box.element = group;
    this.elements.set(box.node, box);
    const label = box.width >= LABEL_WIDTH ? this.ruler.fit(name, box.width - 8) : '';
    if (!label)
      return;
    const text = make(SVG, 'text', {x: px(box.x + 4),
      y: px(y + (view.row - 1) / 2 + view.font * 0.35), stroke: 'none'}, group);
    if (matched && !box.faded)
      text.setAttribute('fill', this.matchLabel);
    text.textContent = label;
  },

  drawNarrow(box, matched, paths) {
    const key = matched ? SWATCHES : swatchOf(this.trie, box.node, this.view.colour);
    if (!paths.has(key))
      paths.set(key, []);
    const width = px(box.width);
    paths.get(key).push(`M${px(box.x)} ${px(this.y(this.trie.level[box.node]))}` +
      `h${width}v${px(this.view.row - 1)}h-${width}z`);
  },

  /* The picture is as high as what it shows; where it is the document, the root stays put. */
  resize() {
    const {root, view} = this;
    const legendY = this.top + this.levels * view.row + 10 + view.font;
    const height = legendY + 14;
    this.legend.setAttribute('transform', `translate(0 ${px(legendY - this.legendY)})`);
    root.setAttribute('viewBox', `0 0 ${px(this.width)} ${px(height)}`);
    if (this.height !== height) {
      const below = this.height && this.isDocument && !view.inverted
        ? this.height - window.scrollY : null;
      root.setAttribute('height', px(height));
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
      this.head.setAttribute('transform', `translate(0 ${px(shift)})`);
    else
      this.head.removeAttribute('transform');
  },

  showRoot() {
    if (this.isDocument && !this.view.inverted)
      window.scrollTo(0, this.height);
  },

  /* A frame around a box, also around one that is a part of a path. */
  showCursor(node) {
    const place = node >= 0 ? this.placeOf(node) : null;
    this.cursor.setAttribute('visibility', place ? 'visible' : 'hidden');
    if (!place)
      return;
    this.cursor.setAttribute('x', px(place.x));
    this.cursor.setAttribute('y', px(this.y(this.trie.level[node])));
    this.cursor.setAttribute('width', px(Math.max(place.width, 1)));
    this.cursor.setAttribute('height', px(this.view.row - 1));
  },
};
