/* SPDX-License-Identifier: MIT */
/* Numbers, as src/base/number.c and src/draw/px.c write them. */
const MULTIPLES = {
  ns: [[1, 'ns'], [1e3, '\u00b5s'], [1e6, 'ms'], [1e9, 's']],
  bytes: [[1, 'B'], [2 ** 10, 'KiB'], [2 ** 20, 'MiB'], [2 ** 30, 'GiB'], [2 ** 40, 'TiB'],
    [2 ** 50, 'PiB']],
};

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function decimals(value, digits) {
  const text = String(value).padStart(digits + 1, '0');
  return text.slice(0, -digits) + '.' + text.slice(-digits);
}

function weightText(value, unit) {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value), multiples = MULTIPLES[unit];
  if (!multiples) {
    const word = unit === 'samples' && size === 1 ? 'sample' : unit;
    return sign + grouped(size) + (word ? ' ' + word : '');
  }
  let i = multiples.length - 1;
  while (i && size < multiples[i][0])
    i--;
  if (i && multiples[i + 1] && Math.round(size / multiples[i][0]) * multiples[i][0] >=
      multiples[i + 1][0])
    i++;
  const [by, name] = multiples[i];
  const hundredths = Math.round(size * 100 / by), tenths = Math.round(size * 10 / by);
  const text = by === 1 || tenths >= 1000 ? grouped(Math.round(size / by))
    : hundredths >= 1000 ? decimals(tenths, 1) : decimals(hundredths, 2);
  return sign + text + ' ' + name;
}

function shareText(part, whole) {
  if (!(whole > 0))
    return '0.00%';
  const hundredths = Math.round(Math.abs(part) * 10000 / whole);
  return (part < 0 ? '-' : '') +
    (part && !hundredths ? '<0.01' : decimals(hundredths, 2)) + '%';
}

const px = (value) => Math.floor(value * 100 + 0.5) / 100;
