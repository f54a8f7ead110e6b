/** A gate of one ratio, on the columns `requests` and `bad` of `shop.csv`, that needs a deploy time. */
export const csvGate = (window: string, limit: string, more = ''): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
window: { for: ${window}, step: 1m, settle: 0s, since: required }
signals:
  errors:
    ratio:
      bad: { path: shop.csv, time: time, value: bad }
      total: { path: shop.csv, time: time, value: requests }
criteria:
  errors: { pass: "${limit}"${more} }
`;
