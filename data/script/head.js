/* SPDX-License-Identifier: MIT */
/* The words and controls above the frames. */
const columnText = ({event, weight}) => [event, weight].filter(Boolean).join(' ');

const headMethods = {
  /* What only a picture with a script has. */
  build() {
    const {root, head} = this;
    if (!this.isDocument)
      root.querySelector(':scope > title')?.remove(); /* it would hover over everything */
    set(root, 'role', 'graphics-document');
    set(root, 'aria-roledescription', 'flame graph');
    set(this.wide, 'role', 'tree');
    set(this.wide, 'aria-label', 'Frames');
    set(this.narrow, 'aria-hidden', 'true');
    this.backdrop = make(SVG, 'rect', {class: 'pf-page', width: '100%'});
    head.insertBefore(this.backdrop, head.firstChild);
    this.details = make(SVG, 'text', {class: 'pf-details', x: MARGIN}, head);
    this.found = make(SVG, 'text', {class: 'pf-found', 'text-anchor': 'end', 'aria-live': 'polite',
      role: 'status'}, head);
    this.same = make(SVG, 'path', {class: 'pf-same', fill: 'none', 'pointer-events': 'none'},
      this.frames);
    this.cursor = make(SVG, 'rect', {class: 'pf-cursor', fill: 'none', 'stroke-width': 2, rx: 2,
      'pointer-events': 'none', visibility: 'hidden'}, this.frames);
    this.tools = make(SVG, 'foreignObject', {class: 'pf-tools'}, head);
    this.bar = make(HTML, 'div', {class: 'pf-bar', role: 'toolbar', 'aria-label': 'Flame graph'},
      this.tools);
    this.buildBar();
    this.buildPanel();
    this.buildTable();
  },

  buildBar() {
    const button = (text, label, action) =>
      makeButton(this.bar, text, action, {'aria-label': label, title: label});
    if (this.trie.columns.length > 1) {
      this.select = make(HTML, 'select', {'aria-label': 'Weight'}, this.bar);
      const texts = this.trie.columns.map(columnText);
      this.trie.columns.forEach(({weight, unit}, i) => {
        /* Merged inputs can bring one name in two units. */
        const again = texts.indexOf(texts[i]) !== texts.lastIndexOf(texts[i]) && unit !== weight;
        make(HTML, 'option', {value: i}, this.select).textContent =
          texts[i] + (again ? ', ' + unit : '');
      });
      this.select.addEventListener('change', () => this.showColumn(Number(this.select.value)));
    }
    this.search = make(HTML, 'input', {type: 'search', placeholder: 'Search  ( / )', size: 14,
      'aria-label': 'Search, a regular expression', spellcheck: 'false', autocomplete: 'off',
      title: 'A regular expression; case counts with Aa pressed, unless (?i) stands in front'},
    this.bar);
    this.search.addEventListener('input', () => this.searchFor(this.search.value));
    this.caseButton = button('Aa', 'Match case', () => this.change(() => {
      this.matchCase = !this.matchCase;
      this.setPattern(this.pattern);
    }));
    this.matchButtons = [button('\u2039', 'Match before', () => this.nextMatch(-1)),
      button('\u203a', 'Next match', () => this.nextMatch(1))];
    this.backButton = button('Back', 'Back: undo the last step', () => this.back());
    this.resetButton = button('Reset', 'Reset: show everything', () => this.reset());
    this.tableButton = button('Table', 'Table of functions', () => this.flip('tabled'));
    this.menuButton = button('\u2630', 'Menu', () => this.togglePanel());
  },

  drawWords() {
    const {view, column} = this;
    const about = [columnText(column), view.input].filter(Boolean).join(DOT);
    const title = view.title || about, total = column.total[0];
    const parts = [view.subtitle, view.title && about, weightText(total, column.unit)]
      .filter(Boolean);
    const recorded = Math.max(column.recorded,
      openColumn(this.whole, this.columnIndex).total[0]);
    if (recorded > total)
      parts[parts.length - 1] += ` of ${weightText(recorded, column.unit)} (` +
        `${shareText(total, recorded)})`;
    if (column.samples && column.weight !== 'samples')
      parts.push(weightText(column.samples, 'samples'));
    if (view.losses)
      parts.push(view.losses);
    if (this.trie.timed && !this.byWeight)
      parts.push('in the order of time');
    parts.push(...shapeWords(this.shape, this.trie.note));
    const summary = parts.join(DOT);
    this.title.textContent = this.titleRuler.fit(title, this.titleWidth);
    const found = this.foundText(total);
    this.found.textContent = found;
    this.summary.textContent =
      this.ruler.fit(summary, this.inner - (found ? this.ruler.measure(found) + 16 : 0));
    set(this.root, 'aria-label', `Flame graph: ${title}, ${summary}`);
    if (this.isDocument)
      document.title = title;
  },

  drawBar() {
    if (this.search.value !== this.pattern)
      this.search.value = this.pattern;
    set(this.search, 'aria-invalid', String(Boolean(this.badPattern)));
    set(this.caseButton, 'aria-pressed', String(this.matchCase));
    set(this.tableButton, 'aria-pressed', String(this.tabled));
    for (const button of this.matchButtons)
      button.disabled = !this.matches || this.tabled;
    this.backButton.disabled = !this.past.length;
    this.resetButton.disabled = !this.address();
    if (this.select)
      this.select.value = String(this.columnIndex);
    this.drawPanel();
  },

  /* One line about the frame under the pointer, or else the one with the focus. */
  showDetails() {
    const {trie, column} = this;
    const node = this.hovered >= 0 ? this.hovered : this.focused ? this.current : -1;
    this.showCursor(node);
    if (node < 0) {
      this.details.textContent = '';
      return;
    }
    const all = column.total[0], total = column.total[node], self = column.self[node];
    let numbers = `${weightText(total, column.unit)}${DOT}${shareText(total, all)}`;
    if (this.zoomed && node >= this.zoomed && node < trie.end[this.zoomed])
      numbers += ` of all, ${shareText(total, column.total[this.zoomed])} of the zoomed frame`;
    numbers += `${DOT}self ${weightText(self, column.unit)}, ${shareText(self, all)}`;
    const object = frameObject(trie, node);
    if (object && object !== frameName(trie, node))
      numbers += DOT + object;
    const room = this.inner - this.ruler.measure(numbers) - 24;
    const name = this.ruler.fit(frameName(trie, node), Math.max(room / 1.07, 60));
    const strong = make(SVG, 'tspan', {'font-weight': 600});
    strong.textContent = name;
    const rest = make(SVG, 'tspan', {dx: 12});
    rest.textContent = numbers;
    this.details.replaceChildren(strong, rest);
  },
};
