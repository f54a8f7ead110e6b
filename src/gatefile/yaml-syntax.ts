import { type Document, isScalar, type Scalar, visit, type YAMLParseError } from 'yaml';
import type { Failure, FailureCode } from '../model/failure.js';
import type { YamlText } from './yaml-file.js';
import { tooDeep } from './yaml-safety.js';

/** Words for a syntax error; the place is the parser's unless another one says more. */
interface Words {
  readonly message: string;
  readonly mend: string;
  readonly code?: FailureCode;
  readonly start?: number;
}

const GENERAL_MEND = 'mend the YAML; quote strings that hold ": ", "#", "{" or "*"';

/** The parser's errors in the words of somebody who writes a gate, each with its place. */
export function syntaxFailures(doc: Document.Parsed, yaml: YamlText): readonly Failure[] {
  return doc.errors.map((error) => {
    const [start, end] = error.pos;
    if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(yaml.span(start, start + 1));
    const words = wordsOf(error, doc, yaml);
    return {
      code: words.code ?? 'gatefile.syntax',
      message: words.message,
      span: words.start === undefined ? yaml.span(start, end) : yaml.span(words.start, words.start + 1),
      mend: words.mend,
    };
  });
}

function wordsOf(error: YAMLParseError, doc: Document.Parsed, yaml: YamlText): Words {
  const [start] = error.pos;
  if (error.code === 'TAB_AS_INDENT' || lineAt(yaml.text, start).startsWith('\t'))
    return { message: 'a tab is used to indent', mend: 'indent with spaces' };
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return {
        code: 'gatefile.many-documents',
        message: 'a second document starts here',
        mend: 'one gate, one file: move it to a file of its own',
      };
    case 'NON_STRING_KEY':
      return {
        message: 'a list or a mapping cannot be a key',
        mend: 'quote a text that begins with "{{" or "["',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'a second ": " in one line',
        mend: 'quote the text, or begin a new line',
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'this line is no "key: value"', mend: 'a key ends in ": "' };
    case 'MISSING_CHAR':
      return unclosedQuote(error, doc) ?? general(error);
    case 'BAD_INDENT':
      return (
        unclosedFlow(error) ?? { message: general(error).message, mend: 'indent it like its neighbours' }
      );
    case 'BAD_DQ_ESCAPE':
      return {
        message: general(error).message,
        mend: "in double quotes a backslash is written \\\\; single quotes take it as it is: '\\d'",
      };
    default:
      return general(error);
  }
}

function general(error: YAMLParseError): Words {
  const message = error.message.split('\n')[0] ?? error.message;
  return { message: message.charAt(0).toLowerCase() + message.slice(1), mend: GENERAL_MEND };
}

/** One error of the parser for two: no end, or one that stands too far left to be seen as such. */
function unclosedFlow(error: YAMLParseError): Words | undefined {
  const end = /^Flow (?:map|sequence) .* end with a ([\]}])/.exec(error.message)?.[1];
  if (end === undefined) return undefined;
  return {
    message: `a "${end === '}' ? '{' : '['}" is opened and not closed before this place`,
    mend: `close it with "${end}", no further left than what stands in it`,
  };
}

/** The parser names the end of the file; what has to be mended is where the text begins. */
function unclosedQuote(error: YAMLParseError, doc: Document.Parsed): Words | undefined {
  const quote = /closing (["'])/.exec(error.message)?.[1];
  if (quote === undefined) return undefined;
  let start: number | undefined;
  visit(doc, (_key, node) => {
    if (!isScalar(node) || !isQuoted(node) || !node.range) return;
    const [from, to] = node.range;
    if (from <= error.pos[0] && error.pos[0] <= to) start = from;
  });
  return {
    message: `a quote is opened and not closed`,
    mend: `close the text with ${quote}`,
    ...(start !== undefined && { start }),
  };
}

function isQuoted(node: Scalar): boolean {
  return node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}
