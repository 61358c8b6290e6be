export * from './index.js';
import * as resil from './index.js';
export default resil;
