interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** What a browser does between two pages: it keeps cookies by their paths, and follows nothing by itself. */
export interface Browser {
  /** Opens an address; with a form it is sent. */
  open(address: string, form?: URLSearchParams): Promise<Response>;
  /** Calls as a page does: with its cookies, JSON and the token that it holds. */
  call(method: 'GET' | 'POST', address: string, body?: unknown, token?: string): Promise<Response>;
  /** Its cookies of a name, wherever they hold. */
  cookies(name: string): string[];
  /** Another browser with the same cookies: what a thief would make of them. */
  copy(): Browser;
}

const AGENT = 'Mozilla/5.0 (test)';

/** @param jar by origin */
export function createBrowser(jar = new Map<string, Cookie[]>()): Browser {
  async function send(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address);
    const kept = jar.get(url.origin) ?? [];
    const sent = kept.filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')));
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...(init.headers as Record<string, string>),
        'user-agent': AGENT,
        cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; '),
      },
    });
    for (const header of response.headers.getSetCookie()) keep(url, header);
    return response;
  }

  function keep(url: URL, header: string): void {
    const [pair = '', ...attributes] = header.split(/;\s*/);
    const split = pair.indexOf('=');
    const name = pair.slice(0, split);
    const value = pair.slice(split + 1);
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    const isOver = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=Thu, 01 Jan 1970/i.test(one));
    const others = (jar.get(url.origin) ?? []).filter((one) => one.name !== name || one.path !== path);
    jar.set(url.origin, isOver || value === '' ? others : [...others, { name, value, path }]);
  }

  return {
    open: (address, form) => send(address, form ? { method: 'POST', body: form } : {}),
    call: (method, address, body, token) =>
      send(address, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    cookies: (name) =>
      [...jar.values()].flatMap((all) => all.filter((one) => one.name === name).map(({ value }) => value)),
    copy: () => createBrowser(new Map(jar)),
  };
}
