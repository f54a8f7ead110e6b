/** What stands for whatever differs from one page to the next; a browser writes no braces into a path. */
const PATTERN = /^(?:\{(?:n|uuid|hex|slug|id)\}|[a-z]+\{n\}|\{n\}[a-z]+)$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HEX = /^(?=[a-z]*\d)[0-9a-f]{8,}$/i;
const EXTENSION = /^(.+)(\.[a-z][a-z0-9]{0,4})$/i;

/**
 * The pattern of the URLs that one route makes: `/p/red-shoes-42.html?size=9&color=red` is `/p/{slug}.html?color&size`.
 *
 * Numbers, UUIDs, hexadecimal and mixed ids, and words joined by `-`, `_`, `.` or percent signs give way to a placeholder; plain
 * words stay, since they are what routes are made of. Of a query the names stay, sorted, once each. Host and fragment are left
 * out. The pattern of a pattern is itself.
 */
export function patternOf(url: string): string {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  const [path = ''] = /^[^?]*/.exec(target) ?? [];
  const segments = path
    .split('/')
    .map((segment, i, all) => (i === all.length - 1 ? fileOf(segment) : wordOf(segment)));
  const names = target
    .slice(path.length + 1)
    .split('&')
    .map((pair) => nameOf(pair.replace(/=.*$/s, '')))
    .filter((name) => name !== '');
  const query = names.length === 0 ? '' : `?${[...new Set(names)].sort().join('&')}`;
  return `${segments.join('/')}${query}`;
}

/** The last segment, whose ending says what it is. */
function fileOf(segment: string): string {
  const [, stem, extension] = EXTENSION.exec(segment) ?? [];
  return stem === undefined || extension === undefined ? wordOf(segment) : `${wordOf(stem)}${extension}`;
}

function wordOf(word: string): string {
  if (/^[a-z]*$/i.test(word) || PATTERN.test(word)) return word;
  if (/^\d+$/.test(word)) return '{n}';
  if (UUID.test(word)) return '{uuid}';
  if (HEX.test(word)) return '{hex}';
  // One run of digits at an end counts something: page2, v1, 2nd.
  if (/^[a-z]+\d+$|^\d+[a-z]+$/i.test(word)) return word.replace(/\d+/, '{n}');
  return /^[a-z0-9]+$/i.test(word) ? '{id}' : '{slug}';
}

/** `filter[12]` and `filter[13]` are one parameter. */
function nameOf(name: string): string {
  return name.replace(/\d+/g, '{n}');
}
