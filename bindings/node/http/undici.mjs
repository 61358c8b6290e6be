import undici from './undici.js';

export const { interceptor } = undici;
