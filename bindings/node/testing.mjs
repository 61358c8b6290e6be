import testing from './testing.js';

export const { VirtualClock } = testing;
