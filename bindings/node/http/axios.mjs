import axios from './axios.js';

export const { adapter, attach } = axios;
