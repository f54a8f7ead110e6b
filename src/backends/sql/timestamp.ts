const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * A timestamp as servers print it, as RFC 3339: `2026-11-20 14:00:00+00` is `2026-11-20T14:00:00+00:00`.
 *
 * Without a zone it is UTC; a date alone is its midnight. Any other text stays what it is, for the reader of times to
 * refuse.
 */
export function instantText(text: string): string {
  const [whole, day, minute = '00:00', second = ':00', zone = 'Z'] = TIMESTAMP.exec(text.trim()) ?? [];
  if (whole === undefined || day === undefined) return text;
  const digits = zone.replace(':', '');
  const offset = /^(?:z|utc)$/i.test(zone)
    ? 'Z'
    : `${digits.slice(0, 3)}:${digits.slice(3) === '' ? '00' : digits.slice(3)}`;
  return `${day}T${minute}${second}${offset}`;
}
