/** Text of others inside Markdown and HTML: shown as it is, acted on by nobody. */

/** `@name` and `@org/team`; a mention inside code notifies nobody. */
const MENTION = /(?<![\w.+-])@[\p{L}\p{N}_][\p{L}\p{N}_/-]*/gu;

/** Text for a paragraph, a list or a table cell. */
export function inline(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', '&#96;')
    .replace(/[|*~]/g, '\\$&')
    // Inside a word an underscore is no emphasis, and names are full of them.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    // Links and images; brackets alone are harmless, and keys hold them.
    .replaceAll('](', ']\\(')
    .replaceAll('][', ']\\[');
  return escaped.replace(MENTION, '`$&`');
}

/** Text inside an HTML element, where Markdown is not read. */
export function html(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return escaped.replace(MENTION, '<code>$&</code>');
}

/** A code span, fenced by more backticks than it holds. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A code block, fenced likewise. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

/** A link where the target is one for a browser, else the target as code. */
export function linkOrCode(label: string, target: string): string {
  if (!/^https?:\/\/[^\s<>]+$/.test(target)) return `${inline(label)} ${code(target)}`;
  return `[${inline(label)}](<${target.replaceAll('|', '%7C').replaceAll('\\', '%5C')}>)`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
