const tokenKey = 'strata-token';

/** A token that stands behind `#token=` in the address is kept for this tab, and taken out of the address. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  keepToken(token);
  history.replaceState(null, '', location.pathname + location.search);
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(tokenKey, token);
}

/** The server's refusal: its message is for people. */
export class RefusedError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0: nobody answered
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Questions of one kind to an area: a new one ends the last. */
export class Asker {
  /** @type {AbortController | undefined} */
  #asking;

  /** @param {string} path such as /api/trips/weekly */
  constructor(path) {
    this.path = path;
  }

  /** Nobody waits for an answer any longer. */
  stop() {
    this.#asking?.abort();
  }

  /**
   * The answer; undefined when another question was asked meanwhile. Throws RefusedError.
   * @param {Record<string, string>} [query]
   * @returns {Promise<any>}
   */
  async ask(query = {}) {
    this.stop();
    const asking = new AbortController();
    this.#asking = asking;
    const token = sessionStorage.getItem(tokenKey);
    const headers = new Headers(token === null ? {} : { Authorization: `Bearer ${token}` });
    try {
      const response = await fetch(`${this.path}?${new URLSearchParams(query)}`, { headers, signal: asking.signal });
      const answer = await response.json();
      if (response.ok) return answer;
      throw new RefusedError(String(answer.error), response.status);
    } catch (error) {
      if (asking.signal.aborted) return undefined;
      if (error instanceof RefusedError) throw error;
      throw new RefusedError('strata serve does not answer. Is it running?', 0);
    }
  }
}
