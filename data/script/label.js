/* SPDX-License-Identifier: MIT */
/* Labels, cut as src/draw/label.c cuts them. */
/* Replaces what stands in brackets behind a word. */
function elide(name, open, close) {
  let to = '';
  for (let at = 0; at < name.length;) {
    const before = name[at - 1];
    if (name[at] === open && at && /[\w$>)\u0080-\uffff]/.test(before) &&
        !name.slice(0, at).endsWith('operator')) {
      let depth = 0, end = at;
      for (; end < name.length; end++) {
        if (name[end] === open)
          depth++;
        else if (name[end] === close && !(close === '>' && name[end - 1] === '-') && !--depth)
          break;
      }
      if (end < name.length && end > at + 1) {
        to += open + ELLIPSIS + close;
        at = end + 1;
        continue;
      }
    }
    to += name[at++];
  }
  return to;
}

/* github.com/a/b.Run -> b.Run */
function elidePath(name) {
  const end = name.search(/[(<{ ]/);
  const slash = (end < 0 ? name : name.slice(0, end)).lastIndexOf('/');
  return slash > 0 && slash + 1 < name.length ? name.slice(slash + 1) : name;
}

/* Measures text by a table of advances that is asked for once. */
function makeRuler(root, size, bold = '') {
  const context = document.createElementNS(HTML, 'canvas').getContext('2d');
  const advances = new Map();
  if (context)
    context.font = `${bold} ${size}px ${getComputedStyle(root).fontFamily}`;
  const advance = (character) => {
    let width = advances.get(character);
    if (width === undefined) {
      width = context ? context.measureText(character).width : size * 0.8;
      advances.set(character, width);
    }
    return width;
  };
  const measure = (text) => {
    let width = 0;
    for (const character of text)
      width += advance(character);
    return width;
  };
  const beginning = (text, width) => {
    let room = width - advance(ELLIPSIS), kept = 0, characters = 0;
    for (const character of text) {
      room -= advance(character);
      if (room < 0)
        break;
      kept += character.length;
      characters++;
    }
    return characters < 3 ? '' : text.slice(0, kept) + ELLIPSIS;
  };
  const fit = (name, width) => {
    let text = name.length > 2048 ? name.slice(0, 2048) : name;
    if (measure(text) <= width)
      return text;
    for (const step of [(t) => elide(t, '(', ')'), (t) => elide(t, '<', '>'), elidePath]) {
      text = step(text);
      if (measure(text) <= width)
        return text;
    }
    return beginning(text, width);
  };
  return {measure, fit};
}
