import { type Document, isAlias, isCollection, isMap, isPair, isScalar, type Node, visit } from 'yaml';
import type { Failure } from '../model/failure.js';
import type { Span } from '../model/span.js';
import type { YamlText } from './yaml-file.js';

const MAX_DEPTH = 40;
/** Values that aliases may stand for, all together, once each is written out. */
const MAX_EXPANDED = 10_000;
/** Names that reach an object's prototype instead of a key. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** Tags that say no more than the value does. */
const PLAIN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

/** Trouble that YAML allows and a gate does not; each with its place. */
export function unsafeNodes(doc: Document.Parsed, yaml: YamlText): readonly Failure[] {
  // The rest walks the document by recursion, which its depth must allow; `visit` keeps the path of every node, for a tenth
  // of the time that a large file takes to read.
  const deep = isDeep(doc.contents, MAX_DEPTH) ? tooDeepNode(doc, yaml) : undefined;
  if (deep !== undefined) return [deep];
  return [...badNodes(doc, yaml), ...(yaml.text.includes('*') ? badAliases(doc, yaml) : [])];
}

/** The trouble of a file that is nested deeper than any gate. */
export function tooDeep(span: Span): Failure {
  return {
    code: 'gatefile.syntax',
    message: `nested deeper than ${MAX_DEPTH} levels`,
    span,
    mend: 'a gate needs fewer than ten',
  };
}

/** Whether a mapping or list that is not empty lies below as many others. */
function isDeep(node: unknown, levels: number): boolean {
  if (!isCollection(node)) return false;
  if (levels === 0) return node.items.length > 0;
  return node.items.some((item) =>
    isPair(item) ? isDeep(item.key, levels - 1) || isDeep(item.value, levels - 1) : isDeep(item, levels - 1),
  );
}

function tooDeepNode(doc: Document.Parsed, { span }: YamlText): Failure | undefined {
  let found: Failure | undefined;
  visit(doc, (_key, node, path) => {
    if (path.length <= MAX_DEPTH || path.filter(isCollection).length <= MAX_DEPTH) return undefined;
    const [start, end] = (node as Node).range ?? [0, 1];
    const place = span(start, end);
    found = tooDeep(place.endLine === place.line ? place : span(start, start + 1));
    return visit.BREAK;
  });
  return found;
}

/** Keys that reach a prototype or stand twice, merge keys, custom tags. */
function badNodes(doc: Document.Parsed, yaml: YamlText): readonly Failure[] {
  const failures: Failure[] = [];
  const look = (node: unknown): void => {
    if (isPair(node)) {
      look(node.key);
      look(node.value);
      return;
    }
    if (isMap(node)) failures.push(...badKeys(node, yaml));
    const tag = isAlias(node) ? undefined : (node as { tag?: string } | null)?.tag;
    if (tag !== undefined && !PLAIN_TAG.test(tag)) failures.push(customTag(node as Node, tag, yaml));
    if (isCollection(node)) node.items.forEach(look);
  };
  look(doc.contents);
  return failures;
}

function badKeys(map: { readonly items: readonly unknown[] }, { span }: YamlText): readonly Failure[] {
  const seen = new Set<string>();
  return map.items.flatMap((pair): Failure[] => {
    if (!isPair(pair) || !isScalar(pair.key)) return [];
    const key = String(pair.key.value);
    const isTwice = seen.has(key);
    seen.add(key);
    if (!isTwice && key !== '<<' && !FORBIDDEN_KEYS.has(key)) return [];
    const [start, end] = pair.key.range ?? [0, 1];
    const place = span(start, end);
    if (FORBIDDEN_KEYS.has(key)) {
      const message = `"${key}" cannot be used as a key`;
      return [{ code: 'gatefile.invalid', message, span: place, mend: 'choose another name' }];
    }
    if (key === '<<') {
      return [
        {
          code: 'gatefile.unknown-key',
          message: 'merge keys ("<<") are not part of YAML 1.2',
          span: place,
          mend: 'write the keys out, or use vars',
        },
      ];
    }
    return [
      {
        code: 'gatefile.duplicate-key',
        message: `key "${key}" stands twice in one mapping`,
        span: place,
        mend: 'keep one of the two; the other would be ignored',
      },
    ];
  });
}

function customTag(node: Node, tag: string, { text, span }: YamlText): Failure {
  const start = node.range?.[0] ?? 0;
  // The node's range begins behind its tag; an anchor may stand between the two.
  const written = /(![^\s,[\]{}]*)(?:\s+&\S+)?\s*$/.exec(text.slice(Math.max(0, start - 1000), start));
  const at = start - (written?.[0].length ?? 0);
  const name = written?.[1] ?? tag;
  return {
    code: 'gatefile.syntax',
    message: `tag "${name}" means nothing here`,
    span: span(at, at + (written === null ? 1 : name.length)),
    mend: 'remove it: values are texts, numbers, true and false, lists and mappings',
  };
}

/** Aliases of nothing, of what they stand in, and of so much that writing it out would fill the memory. */
function badAliases(doc: Document.Parsed, { span }: YamlText): readonly Failure[] {
  const failures: Failure[] = [];
  const anchored = new Map<string, unknown>();
  const sizes = new Map<unknown, number>();
  let expanded = 0;
  const refuse = (node: Node, message: string, mend: string): number => {
    const [start, end] = node.range ?? [0, 1];
    failures.push({ code: 'gatefile.syntax', message, span: span(start, end), mend });
    return 1;
  };
  const aliasSize = (node: Node & { readonly source: string }): number => {
    const target = anchored.get(node.source);
    if (target === undefined)
      return refuse(
        node,
        `"*${node.source}" names no anchor above`,
        'quote the text if an asterisk is meant, or set the anchor with &',
      );
    const size = sizes.get(target);
    if (size === undefined)
      return refuse(node, `"*${node.source}" stands inside of what it names`, 'write the value out');
    const before = expanded;
    expanded += size;
    if (before <= MAX_EXPANDED && expanded > MAX_EXPANDED)
      refuse(
        node,
        `aliases stand for more than ${MAX_EXPANDED.toLocaleString('en')} values`,
        'write the values out instead of nesting anchors',
      );
    return size;
  };
  // In the order of the text: an alias means the last anchor of its name above it.
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) return aliasSize(node);
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) anchored.set(anchor, node);
    const size = isCollection(node) ? node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1) : 1;
    sizes.set(node, size);
    return size;
  };
  sizeOf(doc.contents);
  return failures;
}
