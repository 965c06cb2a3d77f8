/** What every answer has that a browser may see, whoever wrote it: keeps other sites' pages and scripts out (SEC-I). */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** Nobody keeps what the API says. */
export const unkept = { 'cache-control': 'no-store' };

/** Is it asked for below `/api`, in the usual form of an address or in the one that proxies use? */
export const isOfApi = (url: string): boolean => /^(?:https?:\/\/[^/?#]*)?\/api(?:[/?#]|$)/i.test(url);
