import { SecretStore, SecretValue } from '../../contracts/secrets.js';
import type { Endpoint } from '../shared/endpoint.js';

/** Hides an endpoint's own secrets in a server's words, which may echo what was sent; use it before cutting a text. */
export function maskOf({ url, auth, headers, params }: Endpoint): (text: string) => string {
  const store = new SecretStore();
  const { username, password: encoded } = new URL(url);
  const password = decoded(encoded);
  store.register({ name: 'url', value: password });
  const named = [...Object.values(headers ?? {}), ...Object.values(params ?? {})];
  for (const secret of [...named, auth?.bearer, auth?.basic?.password]) {
    if (secret instanceof SecretValue) store.register(secret);
  }
  const pairs = [
    [decoded(username), password],
    [auth?.basic?.username ?? '', auth?.basic?.password.value ?? ''],
  ];
  for (const [user, secret] of pairs) {
    if (secret !== '')
      store.register({ name: 'auth', value: Buffer.from(`${user}:${secret}`).toString('base64') });
  }
  return store.mask;
}

/** Userinfo as it was meant; a stray `%` stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
