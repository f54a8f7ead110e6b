/** Where a page says its encoding, browsers look no further than this. */
const SNIFFED_BYTES = 1024;

/** Text of a page, in the encoding that its header or its head names; UTF-8 without, or where nobody knows the name. */
export function textOf(body: Uint8Array, contentType: string): string {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, SNIFFED_BYTES)).toString(
    'latin1',
  );
  const named =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
  // A decoder takes ten times as long to make as to use.
  if (named === undefined || /^utf-?8$/i.test(named))
    return Buffer.from(body.buffer, body.byteOffset, body.length)
      .toString('utf8')
      .replace(/^\ufeff/, '');
  return decoderFor(named).decode(body);
}

function decoderFor(name: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(name ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
