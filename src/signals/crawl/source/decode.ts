/** Where a page says its encoding, browsers look no further than this many bytes, which are letters of ASCII there. */
const SNIFFED = 1024;

/** First bytes of a text that tell its encoding, whatever anybody says of it (WHATWG Encoding, 6). */
const MARKS = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const;

/** Text of a page, in the encoding that its header or its head names; UTF-8 without, or where nobody knows the name. */
export function textOf(body: Uint8Array, contentType: string): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
  const head = text.slice(0, SNIFFED);
  const marked = MARKS.find(([, bytes]) => bytes.every((byte, i) => body[i] === byte))?.[0];
  const inHead = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
  const named =
    marked ??
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    // In UTF-16 it could not have been read so far.
    (inHead !== undefined && /^utf-?16/i.test(inHead) ? undefined : inHead);
  // A decoder takes ten times as long to make as to use.
  if (named === undefined || /^utf-?8$/i.test(named)) return text.startsWith('\ufeff') ? text.slice(1) : text;
  return decoderFor(named).decode(body);
}

function decoderFor(name: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(name ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
