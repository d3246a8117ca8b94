/* SPDX-License-Identifier: MIT */
/* The table of functions, in place of the frames. */
const TABLE_ROWS = 200, TABLE_ROW = 26;
const TABLE_HEADS = [['self', 'Self'], ['total', 'Total'], ['name', 'Function'], ['object', 'Object']];
const isWeight = (key) => key === 'self' || key === 'total';

/* What every function weighs; a stack in which it recurs counts once in its total. */
function listFunctions(trie, column) {
  const functions = [], numbers = new Map(), inside = [];
  const number = Array.from(trie.name, (name, frame) => {
    const key = name * 2 ** 26 + trie.object[frame];
    if (!numbers.has(key)) {
      numbers.set(key, functions.length);
      functions.push({self: 0, total: 0, name: trie.strings[name], frame,
        object: trie.strings[trie.object[frame]]});
      inside.push(0);
    }
    return numbers.get(key);
  });
  for (let node = 0; node < trie.callers; node++) {
    const frame = trie.frame[node];
    if (isAll(trie, node) || trie.class[frame] === GROUP)
      continue;
    const at = number[frame];
    functions[at].self += column.self[node];
    if (node >= inside[at]) {
      functions[at].total += column.total[node];
      inside[at] = trie.end[node];
    }
  }
  return functions.filter(({self, total}) => self || total);
}

const tableMethods = {
  buildTable() {
    this.tableBox = make(SVG, 'foreignObject', {class: 'pf-list', x: MARGIN, height: 0});
    this.root.insertBefore(this.tableBox, this.head);
    this.table = make(HTML, 'table', {}, this.tableBox);
    this.tableSort = 'self';
  },

  tableCell(row, text, tag = 'td') {
    const cell = make(HTML, tag, {}, row);
    cell.textContent = text;
    return cell;
  },

  drawTable() {
    set(this.tableBox, 'height', 0);
    this.table.replaceChildren();
    if (!this.tabled)
      return;
    const {column, trie, tableSort: key} = this, all = column.total[0];
    const functions = listFunctions(trie, column)
      .filter(({frame}) => !this.matches || this.matches[frame])
      .sort((a, b) => (isWeight(key) ? b[key] - a[key] : (a[key] > b[key]) - (a[key] < b[key])) ||
        b.total - a.total || b.self - a.self);
    this.drawTableHead();
    for (const {self, total, name, object} of functions.slice(0, TABLE_ROWS)) {
      const row = make(HTML, 'tr', {}, this.table);
      for (const weight of [self, total]) {
        const cell = this.tableCell(row, weightText(weight, column.unit) + ' ');
        make(HTML, 'span', {}, cell).textContent = shareText(weight, all);
      }
      makeButton(this.tableCell(row, ''), name, () => this.change(() => {
        this.tabled = false;
        this.setShape({...this.shape, sandwich: name, leaf: false});
      }), {title: 'Callees and callers'});
      this.tableCell(row, object);
    }
    make(HTML, 'caption', {}, this.table).textContent = `${grouped(functions.length)} functions` +
      (functions.length > TABLE_ROWS ? `; the first ${TABLE_ROWS}` : '');
    this.tableHeight = (Math.min(functions.length, TABLE_ROWS) + 3) * TABLE_ROW;
    set(this.tableBox, 'y', this.top);
    set(this.tableBox, 'width', this.inner);
    set(this.tableBox, 'height', this.tableHeight);
  },

  drawTableHead() {
    const row = make(HTML, 'tr', {}, this.table);
    for (const [key, text] of TABLE_HEADS) {
      const cell = this.tableCell(row, '', 'th');
      set(cell, 'scope', 'col');
      if (this.tableSort === key)
        set(cell, 'aria-sort', isWeight(key) ? 'descending' : 'ascending');
      makeButton(cell, text, () => {
        this.tableSort = key;
        this.draw();
        this.table.querySelector('[aria-sort] button').focus();
      });
    }
  },
};
