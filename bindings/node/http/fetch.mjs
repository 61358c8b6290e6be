import fetch from './fetch.js';

export const { wrapFetch } = fetch;
