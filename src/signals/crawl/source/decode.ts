/** Where a page says its encoding, browsers look no further than this. */
const SNIFFED_BYTES = 1024;

/** Text of a page, in the encoding that its header or its head names; UTF-8 without, or where nobody knows the name. */
export function textOf(body: Uint8Array, contentType: string): string {
  const head = Buffer.from(body.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const named =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
  return decoderFor(named).decode(body);
}

function decoderFor(name: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(name ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
