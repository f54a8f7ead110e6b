import { Parser } from 'htmlparser2';

/*
 * A page is read without decoding, which takes a third of the time: the parser can then skip over text. What is kept of it
 * is decoded here, by the parser's own rules: in attributes `&copy=1` is a parameter, in text a sign.
 */

/** Text between tags, its entities decoded. */
export function decodedText(text: string): string {
  if (!text.includes('&')) return text;
  let decoded = '';
  const parser = new Parser(
    {
      ontext: (part) => {
        decoded += part;
      },
    },
    { decodeEntities: true },
  );
  parser.write(`<title>${text.replaceAll('<', '&lt;')}</title>`);
  parser.end();
  return decoded;
}

/** An attribute's value, its entities decoded; undefined where there is none. */
export function decodedValue(value: string | undefined): string | undefined {
  if (value?.includes('&') !== true) return value;
  let decoded: string | undefined;
  const parser = new Parser(
    {
      onopentag: (_name, { value: read }) => {
        decoded = read;
      },
    },
    { decodeEntities: true },
  );
  parser.write(`<a value="${value.replaceAll('"', '&quot;')}">`);
  parser.end();
  return decoded ?? value;
}
