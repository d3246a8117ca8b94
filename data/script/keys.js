/* SPDX-License-Identifier: MIT */
/* The keyboard and the pointer. */
const keyMethods = {
  /* The one frame that the tab key reaches; if it is too narrow, the nearest below it. */
  setCurrent(node, focus) {
    let box = this.elements.get(node);
    while (!box && node) {
      node = this.trie.parent[node];
      box = this.elements.get(node);
    }
    if (!box)
      return;
    this.elements.get(this.current)?.element.setAttribute('tabindex', -1);
    this.current = node;
    set(box.element, 'tabindex', 0);
    if (focus)
      box.element.focus();
    if (!this.panel.hidden)
      this.drawPanel();
  },

  /* The nearest drawn frame of the same level, to the left (-1) or right (1). */
  neighbour(direction) {
    const {elements, current} = this;
    const here = elements.get(current);
    let best = null;
    for (const box of elements.values())
      if (this.y(box.node) === this.y(current) && box !== here &&
          (box.x - here.x) * direction > 0 &&
          (!best || (best.x - box.x) * direction > 0))
        best = box;
    return best ? best.node : current;
  },

  /* The parent, or the widest child, whichever stands in that direction (up -1, down 1). */
  vertical(direction) {
    const {current, trie, elements} = this;
    const from = this.y(current);
    let best = null;
    for (const node of [trie.parent[current], ...this.children(current, false),
      ...this.children(current, true)]) {
      const box = elements.get(node);
      if (box && (this.y(node) - from) * direction > 0 && (!best || box.width > best.width))
        best = box;
    }
    return best ? best.node : current;
  },

  key(event) {
    const typing = event.target === this.search, {key} = event;
    if (key === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !typing)
      this.search.focus(); /* pressed again, it is the browser's */
    else if (key === 'Escape')
      this.escape(typing);
    else if (typing && key === 'Enter')
      this.nextMatch(event.shiftKey ? -1 : 1);
    else if (event.ctrlKey || event.metaKey || event.altKey || typing ||
             event.target === this.select)
      return;
    else if (!this.shortcut(key) && !this.walk(event))
      return;
    event.preventDefault();
  },

  /* Keys that mean the same everywhere in the picture. */
  shortcut(key) {
    const isFor = ([what, , name]) => name === key && what !== 'zoom';
    const frame = FRAME_ACTIONS.find(isFor), view = VIEW_ACTIONS.find(isFor);
    if (frame)
      this.frameAction(frame[0]);
    else if (view)
      this.viewAction(view[0]);
    else if (key === 'n' || key === 'N')
      this.nextMatch(key === 'n' ? 1 : -1);
    else if (key === '?')
      this.togglePanel();
    else if (key === '/')
      this.search.focus();
    else if (key === 'Backspace')
      this.back();
    else
      return false;
    return true;
  },

  /* One thing at a time: the menu, the search, the zoom, the rest. */
  escape(typing) {
    if (!this.panel.hidden)
      this.togglePanel(false);
    else if (this.pattern)
      this.searchFor('');
    else if (!typing && this.zoomed)
      this.zoom(0);
    else if (!typing && this.address())
      this.reset();
    if (typing)
      this.setCurrent(this.current, true);
  },

  walk(event) {
    if (this.tabled || (!this.wide.contains(event.target) && event.target !== this.root))
      return false;
    const steps = {
      ArrowUp: () => this.vertical(-1),
      ArrowDown: () => this.vertical(1),
      ArrowLeft: () => this.neighbour(-1),
      ArrowRight: () => this.neighbour(1),
      Home: () => 0,
      End: () => this.zoomed,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      if (this.current === this.zoomed)
        return event.key === ' ';
      this.zoom(this.current);
      return true;
    }
    if (!steps[event.key])
      return false;
    this.hovered = -1;
    this.setCurrent(steps[event.key](), true);
    this.showDetails();
    return true;
  },

  listen() {
    const {root} = this;
    this.prefersDark = matchMedia('(prefers-color-scheme: dark)');
    this.prefersDark.addEventListener('change', () => this.draw());
    const inHead = (event) => this.head.contains(event.target);
    const hover = (node) => {
      if (node !== this.hovered) {
        this.hovered = node;
        this.frames.style.cursor = node >= 0 ? 'pointer' : '';
        this.showDetails();
      }
    };
    root.addEventListener('pointermove', (event) => {
      if (event.pointerType !== 'touch')
        hover(inHead(event) ? -1 : this.hit(event));
    });
    root.addEventListener('pointerleave', () => hover(-1));
    root.addEventListener('click', (event) => {
      const node = inHead(event) ? -1 : this.hit(event);
      if (node < 0)
        return;
      /* A finger can't hover: its first tap shows, its second zooms. */
      const first = event.pointerType === 'touch' && node !== this.tapped;
      this.tapped = node;
      this.setCurrent(node, true);
      if (first)
        hover(node);
      else
        this.zoom(node);
    });
    root.addEventListener('keydown', (event) => this.key(event));
    root.addEventListener('focusin', (event) => {
      const group = event.target.closest?.('[role=treeitem]');
      this.focused = Boolean(group);
      if (group) {
        this.setCurrent(group.node, false);
        this.showDetails();
      }
    });
    root.addEventListener('focusout', () => {
      this.focused = false;
      this.showDetails();
    });
    addEventListener('scroll', () => this.holdHead(), {passive: true, capture: true});
    if (this.isDocument)
      addEventListener('hashchange', () => this.followLocation());
    if (!this.view.width)
      new ResizeObserver(() => {
        const width = Math.max(Math.round(root.getBoundingClientRect().width), 280);
        if (width !== this.width && root.getBoundingClientRect().width) {
          this.layOut();
          this.draw();
        }
      }).observe(root);
  },
};
