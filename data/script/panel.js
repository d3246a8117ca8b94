/* SPDX-License-Identifier: MIT */
/* The menu: what can be done with a frame and with the picture, and the keys for it. */
const FRAME_ACTIONS = [
  ['zoom', 'Zoom', 'Enter'], ['focus', 'Only its stacks', 'f'], ['drop', 'Drop its stacks', 'x'],
  ['hide', 'Hide it', 'h'], ['sandwich', 'Callees and callers', 's'],
  ['copy', 'Copy name', 'c'], ['stack', 'Copy stack', 'C'],
];
const VIEW_ACTIONS = [
  ['inverted', 'Root on top', 'i'], ['leaf', 'Leaf first', 'l'],
  ['byWeight', 'Sort by weight', 'w'], ['collapse', 'Collapse recursion', 'r'],
  ['merge', 'Merge inlined', 'm'], ['tabled', 'Table', 't'],
];
const KEYS_TEXT = 'Arrows walk, Enter zooms, Backspace goes back, Escape shows everything; / searches, ' +
  'n and N go through the matches, ? opens this menu.';

const panelMethods = {
  buildPanel() {
    this.panelBox = make(SVG, 'foreignObject', {class: 'pf-tools', height: 0}, this.head);
    this.panel = make(HTML, 'div', {class: 'pf-panel', role: 'group', 'aria-label': 'Menu',
      hidden: ''}, this.panelBox);
    this.panelTitle = make(HTML, 'p', {}, this.panel);
    this.frameButtons = this.panelButtons(FRAME_ACTIONS, (what) => {
      this.frameAction(what);
      if (what === 'zoom' || what === 'sandwich')
        this.togglePanel(false);
    });
    make(HTML, 'p', {}, this.panel).textContent = 'The picture';
    this.viewButtons = this.panelButtons(VIEW_ACTIONS, (what) => this.viewAction(what));
    this.themeButton = makeButton(this.viewButtons.get('tabled').parentNode, '', () => {
      const order = ['auto', 'light', 'dark'];
      const now = order.indexOf(this.root.getAttribute('data-theme'));
      set(this.root, 'data-theme', order[(now + 1) % 3]);
      this.draw();
    });
    make(HTML, 'p', {}, this.panel).textContent = KEYS_TEXT;
  },

  panelButtons(actions, act) {
    const row = make(HTML, 'div', {}, this.panel);
    return new Map(actions.map(([what, text, key]) => {
      const button = makeButton(row, text + ' ', () => act(what));
      make(HTML, 'kbd', {}, button).textContent = key;
      return [what, button];
    }));
  },

  viewAction(what) {
    if (what in this.shape)
      this.reshape({[what]: !this.shape[what], ...(what === 'leaf' && {sandwich: ''})});
    else
      this.flip(what);
  },

  /* A panel that closes gives the focus back to the frames. */
  togglePanel(open = this.panel.hidden) {
    const inside = this.panel.contains(document.activeElement);
    this.panel.hidden = !open;
    this.drawPanel();
    if (open)
      (this.frameButtons.get('zoom').disabled ? this.viewButtons : this.frameButtons)
        .values().next().value.focus();
    else if (inside)
      this.setCurrent(this.current, true);
  },

  drawPanel() {
    const open = !this.panel.hidden, all = isAll(this.trie, this.current);
    set(this.menuButton, 'aria-expanded', String(open));
    this.panelTitle.textContent = all ? 'A frame, once one is chosen' :
      frameName(this.trie, this.current);
    for (const [what, button] of this.frameButtons)
      button.disabled = !this.canDo(what);
    for (const [what, button] of this.viewButtons)
      set(button, 'aria-pressed', String(Boolean(this.shape[what] || this[what])));
    this.themeButton.textContent = 'Theme: ' + this.root.getAttribute('data-theme');
    set(this.panelBox, 'height', open ? 400 : 0);
  },

  copy(text, what) {
    const say = (words) => {
      this.found.textContent = words;
    };
    const failed = () => say('the browser did not let it be copied');
    if (navigator.clipboard)
      navigator.clipboard.writeText(text).then(() => say(`copied the ${what}`), failed);
    else
      failed();
  },
};
